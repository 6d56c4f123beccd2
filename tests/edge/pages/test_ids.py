"""Every address with an id in it: what is not there and what is somebody else's answer the same 404."""

import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anlan.cases.mail.terms import Outcome
from anlan.cases.notices import NoticeKind
from anlan.cases.supervision import Picks
from anlan.cases.terms import PhotoStage, State, Step
from anlan.flows.alarm_steps import Asked, silence_alarms
from anlan.flows.appeal_score import appeal_score
from anlan.flows.duty_rosters import OnShift, add_shift
from anlan.flows.issue_warnings import begin_drill, draft_warning
from anlan.flows.manage_feeds import add_feed
from anlan.flows.manage_other_cities import CityFacts, add_city
from anlan.flows.manage_webhooks import add_webhook
from anlan.flows.raise_alarms import raise_alarm
from anlan.flows.score_month import score_months
from anlan.flows.store_photos import store_photos
from anlan.flows.supervise import Plan, begin_campaign
from anlan.flows.weigh_report import Sender
from anlan.store import photo_files
from anlan.store.models import (
    BulkRun,
    Case,
    CaseEvent,
    Export,
    HeldGroup,
    HeldReport,
    InMail,
    Membership,
    Notice,
    SavedSearch,
    ScoreAppeal,
)
from tests.cast import Cast, build_cast
from tests.conftest import NOON, kept
from tests.devices import a_device, a_pond_gauge
from tests.flows.alarms import by_hand
from tests.flows.pictures import picture
from tests.flows.test_issue_warnings import FACTS
from tests.flows.walks import new, walked_to
from tests.journeys.things import wait


@dataclass(frozen=True)
class Line:
    """Who asks, and the names of an id of somebody else's thing and of one that is nobody's."""

    who: str
    theirs: str
    none: str = "no-such-thing"
    method: str = "get"


COUNTY, NO_AREA = "990101", "999999"
ADDRESSES = {
    "cases/<int:case_id>/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/<str:name>": Line("dan", "{case}", "{no_case}", "post"),
    "cases/<int:case_id>/interim/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/more-time/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/answer-time/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/second-check/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/draw-again/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/check-report/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/watch/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/tasks/<int:task_id>/more-time/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/tasks/<int:task_id>/answer-time/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/tasks/<int:task_id>/draw-again/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/no-return/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/undo-split/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/split/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/draws/": Line("dan", "{case}", "{no_case}"),
    "cases/<int:case_id>/write/": Line("dan", "{case}", "{no_case}"),
    "moderation/mail/<int:mail_id>/settle": Line("dan", "{mail}", "{no_mail}", "post"),
    "cases/<int:case_id>/tasks/give": Line("dan", "{case}", "{no_case}", "post"),
    "cases/<int:case_id>/tasks/<int:task_id>/<str:name>": Line("dan", "{case}", "{no_case}", "post"),
    "cases/many/<int:run_id>/": Line("liu", "{run}", "{no_run}"),
    "cases/searches/<int:search_id>/": Line("liu", "{search}", "{no_search}", "post"),
    "cases/exports/<int:export_id>/file": Line("liu", "{export}", "{no_export}"),
    "cases/exports/<int:export_id>/delete": Line("liu", "{export}", "{no_export}", "post"),
    "moderation/<int:case_id>/": Line("dan", "{case}", "{no_case}"),
    "moderation/<int:case_id>/photos/<uuid:photo_id>/": Line("dan", "{case}", "{no_case}", "post"),
    "moderation/held/<int:group_id>/": Line("dan", "{held_group}", "{no_held_group}"),
    "moderation/held/reports/<int:held_id>/let-in": Line("dan", "{held}", "{no_held}", "post"),
    "areas/overview/<str:code>/": Line("dan", COUNTY, NO_AREA),
    "sites/<str:code>/": Line("dan", "pond-111"),
    "photos/<uuid:photo_id>": Line("dan", "{photo}", "{no_photo}"),
    "photos/<uuid:photo_id>/small": Line("dan", "{photo}", "{no_photo}"),
    "account/sessions/<int:session_id>/end": Line("dan", "{session}", "{no_session}", "post"),
    "supervision/<int:campaign_id>/": Line("dan", "{campaign}", "{no_campaign}"),
    "supervision/check/<int:check_id>/": Line("dan", "{check}", "{no_campaign}"),
    "manage/members/of/<str:username>/": Line("mia", "dan"),
    "manage/members/of/<str:username>/change/": Line("mia", "dan"),
    "manage/members/of/<str:username>/role/": Line("mia", "dan"),
    "manage/members/of/<str:username>/role/<int:membership_id>/take/": Line("mia", "dan"),
    "manage/members/of/<str:username>/link/": Line("mia", "dan"),
    "manage/members/of/<str:username>/second-factors/": Line("mia", "dan"),
    "manage/members/of/<str:username>/sessions/": Line("mia", "dan"),
    "manage/units/of/<str:code>/": Line("mia", "desk-2"),
    "manage/units/of/<str:code>/change/": Line("mia", "desk-2"),
    "manage/units/of/<str:code>/move/": Line("mia", "desk-2"),
    "manage/units/of/<str:code>/close/": Line("mia", "desk-2"),
    "manage/units/of/<str:code>/open/": Line("mia", "desk-2"),
    "manage/areas/of/<str:code>/": Line("mia", "990102", NO_AREA),
    "manage/areas/of/<str:code>/change/": Line("mia", "990102", NO_AREA),
    "manage/areas/of/<str:code>/end/": Line("mia", "990102", NO_AREA),
    "devices/<str:name>/": Line("dan", "gauge-111"),
    "duty/warnings/<int:warning_id>/": Line("dan", "{warning}", "{no_warning}"),
    "duty/warnings/<int:warning_id>/change/": Line("dan", "{warning}", "{no_warning}"),
    "duty/warnings/<int:warning_id>/update/": Line("dan", "{warning}", "{no_warning}"),
    "duty/warnings/<int:warning_id>/again/": Line("dan", "{warning}", "{no_warning}", "post"),
    "duty/warnings/<int:warning_id>/<str:name>/": Line("dan", "{warning}", "{no_warning}"),
    "duty/alarms/<int:alarm_id>/": Line("dan", "{alarm}", "{no_alarm}"),
    "duty/alarms/<int:alarm_id>/acknowledge/": Line("dan", "{alarm}", "{no_alarm}", "post"),
    "duty/alarms/<int:alarm_id>/close/": Line("dan", "{alarm}", "{no_alarm}"),
    "duty/alarms/<int:alarm_id>/case/": Line("dan", "{alarm}", "{no_alarm}"),
    "duty/rosters/<int:shift_id>/stand-in/": Line("dan", "{shift}", "{no_shift}"),
    "duty/rosters/<int:shift_id>/end/": Line("dan", "{shift}", "{no_shift}"),
    "duty/alarms/<int:alarm_id>/mute/": Line("dan", "{alarm}", "{no_alarm}"),
    "duty/silences/<int:silence_id>/end/": Line("dan", "{silence}", "{no_silence}"),
    "duty/drills/<int:drill_id>/end/": Line("dan", "{drill}", "{no_drill}"),
    "wall/<str:code>/": Line("dan", COUNTY, NO_AREA),
    "wall/<str:code>/map.json": Line("dan", COUNTY, NO_AREA),
    "manage/devices/of/<str:name>/change/": Line("mia", "gauge-211"),
    "manage/devices/of/<str:name>/mute/": Line("mia", "gauge-211"),
    "manage/devices/of/<str:name>/credential/": Line("mia", "gauge-211"),
    "manage/devices/of/<str:name>/revoke/": Line("mia", "gauge-211"),
    "manage/sites/of/<str:code>/": Line("mia", "school-211"),
    "manage/sites/of/<str:code>/change/": Line("mia", "school-211"),
    "manage/categories/of/<str:code>/": Line("mia", "open_water"),
    "manage/categories/of/<str:code>/change/": Line("mia", "open_water"),
    "manage/cities/of/<int:city_id>/": Line("mia", "{city}", "{no_city}"),
    "manage/cities/of/<int:city_id>/change/": Line("mia", "{city}", "{no_city}"),
    "manage/cities/of/<int:city_id>/again/": Line("mia", "{city}", "{no_city}", "post"),
    "manage/feeds/of/<int:feed_id>/": Line("mia", "{feed}", "{no_feed}"),
    "manage/feeds/of/<int:feed_id>/change/": Line("mia", "{feed}", "{no_feed}"),
    "manage/feeds/of/<int:feed_id>/rules/add/": Line("mia", "{feed}", "{no_feed}"),
    "manage/feeds/of/<int:feed_id>/rules/<int:rule_id>/drop/": Line("mia", "{feed}", "{no_feed}", "post"),
    "manage/webhooks/of/<int:webhook_id>/": Line("mia", "{webhook}", "{no_webhook}"),
    "manage/webhooks/of/<int:webhook_id>/change/": Line("mia", "{webhook}", "{no_webhook}"),
    "manage/webhooks/of/<int:webhook_id>/secret/": Line("mia", "{webhook}", "{no_webhook}", "post"),
    "manage/webhooks/of/<int:webhook_id>/replay/": Line("mia", "{webhook}", "{no_webhook}", "post"),
    "notices/<int:notice_id>/": Line("dan", "{notice}", "{no_notice}", "post"),
    "scores/areas/<str:code>/": Line("dan", COUNTY, NO_AREA),
    "scores/units/<str:code>/": Line("dan", "committee-111"),
    "scores/composite/<str:code>/": Line("dan", COUNTY, NO_AREA),
    "scores/reports/<str:kind>/<str:code>/<str:month>/": Line("dan", "committee-111"),
    "scores/reports/<str:kind>/<str:code>/<str:month>/pdf": Line("dan", "committee-111"),
    "scores/appeals/<int:appeal_id>/": Line("dan", "{appeal}", "{no_appeal}"),
    "scores/appeals/add/<str:code>/<str:month>/<str:index>/": Line("dan", "committee-111"),
    "manage/categories/of/<str:code>/limits/": Line("mia", "open_water"),
    "manage/categories/of/<str:code>/service/": Line("mia", "open_water"),
    "manage/categories/of/<str:code>/service/change/": Line("mia", "open_water"),
    "manage/categories/of/<str:code>/service/ask/": Line("mia", "open_water"),
    "manage/categories/of/<str:code>/service/ask/<str:asked>/": Line("mia", "open_water"),
    "manage/categories/of/<str:code>/service/ask/<str:asked>/remove/": Line("mia", "open_water"),
}
"""An address as urls.py writes it; its first gap is the id, a second one is filled in alike."""

NO_ID = {
    "duty/warnings/templates/<str:kind>/<str:colour>/",
    "duty/warnings/templates/<str:kind>/<str:colour>/change/",
    "manage/devices/kinds/of/<str:code>/",
    "manage/devices/kinds/of/<str:code>/change/",
    *("duty/rules/of/<str:code>/", "duty/rules/of/<str:code>/change/", "duty/policies/<str:severity>/"),
    "duty/rules/of/<str:code>/put-in-force/",
    *("account/join/<str:token>/", "answer/<str:token>/", "areas/<str:code>/"),
    *("public/cases/<int:case_id>/", "public/cases/<int:case_id>.atom", "public/areas/<str:code>/"),
    *(f"open311/v2/services/<str:code>.{form}" for form in ("json", "xml")),
    *(f"open311/v2/requests/<str:request_id>.{form}" for form in ("json", "xml")),
    *(f"open311/v2/tokens/<str:token_id>.{form}" for form in ("json", "xml")),
    "api/v1/cases/<case_id>",
    *("open311/v2/<path:rest>", "open311/v2/<path:rest>.json", "open311/v2/<path:rest>.xml"),
    "warnings/<str:identifier>.cap.xml",
    *(f"public/photos/<uuid:covered_id>{end}" for end in ("", "/small", "/report")),
    *("public/sites/<str:code>/", "public/follow/confirm/<str:token>/", "public/follow/end/<str:token>/"),
}
"""What everybody may see; a link that only its holder knows; areas, whose pages count what one may see."""
SECOND = {
    "<uuid:photo_id>": str(uuid4()),
    "<str:name>": "close",
    "<int:task_id>": "1",
    "<int:membership_id>": "1",
    "<str:kind>": "unit",
    "<str:month>": "2026-11",
    "<str:index>": "closed",
}
"""What stands in the other gaps of an address."""
OTHERS = ("django-admin/", "account/second-factor/", "manage/routing/", "manage/calendar/", "v1.1/")
"""Behind doors of their own: superusers, own second factors, rules and calendar, which are the whole city's.
The last is open to everybody."""


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """The cast, and the ids of its things: stored once, each test gets a copy of them."""
    cast = build_cast()
    return kept((cast, things(cast) | appeal_ids(cast)))


@pytest.fixture
def cast(scene: bytes) -> Cast:
    found: Cast = pickle.loads(scene)[0]
    return found


@pytest.fixture
def ids(scene: bytes) -> dict[str, object]:
    found: dict[str, object] = pickle.loads(scene)[1]
    return found


def things(cast: Cast) -> dict[str, object]:
    """Things of county_1, and ids that nobody has."""
    a_pond_gauge(cast)
    a_device("gauge-211", cast.village_211)
    case, taken = new(cast, NOON), picture(NOON)
    store_photos([taken], case=case, stage=PhotoStage.BEFORE, now=NOON)
    photo_files.write(taken.id, b"picture", b"small")
    session = UserSession.objects.create(
        user=cast.carol.user, ip="192.0.2.1", session_key="k", user_agent=""
    ).pk
    plan = Plan(
        name="k", picks=Picks.AREAS, area_code=COUNTY, begins_on=NOON.date(), ends_on=NOON.date(), most=1
    )
    campaign = begin_campaign(acting_user=cast.carol, plan=plan, now=NOON)
    warning = draft_warning(acting_user=cast.carol, facts=FACTS, now=NOON)
    drill = begin_drill(acting_user=cast.carol, area_code=COUNTY, words="Flood", now=NOON)
    alarm = raise_alarm(acting_user=None, cause=by_hand(cast), now=NOON)
    asked = Asked(COUNTY, "Works", NOON, NOON + timedelta(hours=1))
    silence = silence_alarms(acting_user=cast.carol, asked=asked, now=NOON)
    on_shift = OnShift(COUNTY, "carol", NOON, NOON + timedelta(days=20))
    shift = add_shift(acting_user=cast.carol, shift=on_shift, now=NOON)
    return lists_of_carol(cast, case) | {
        "alarm": alarm,
        "no_alarm": alarm + 1000,
        "shift": shift.pk,
        "no_shift": shift.pk + 1000,
        "silence": silence.pk,
        "no_silence": silence.pk + 1000,
        "warning": warning.pk,
        "no_warning": warning.pk + 1000,
        "drill": drill.pk,
        "no_drill": drill.pk + 1000,
        "campaign": campaign.pk,
        "check": campaign.checks.get().pk,
        "no_campaign": campaign.pk + 1000,
        "case": case.pk,
        "no_case": case.pk + 1000,
        "photo": taken.id,
        "no_photo": uuid4(),
        "session": session,
        "no_session": session + 1000,
        **held_ids(),
    }


def held_ids() -> dict[str, object]:
    """A report that waits for a person of county_1."""
    wait(1, "广告", Sender(pot="x"), NOON)
    group, held = HeldGroup.objects.get().pk, HeldReport.objects.get().pk
    mail = InMail.objects.create(mark=b"1", came_at=NOON, place="1", outcome=Outcome.ASIDE, why="empty").pk
    return {"mail": mail, "no_mail": mail + 1000} | {
        "held_group": group,
        "no_held_group": group + 1000,
        "held": held,
        "no_held": held + 1000,
    }


def lists_of_carol(cast: Cast, case: Case) -> dict[str, object]:
    """What one member keeps or is told, and a system that is told."""
    hook, _ = add_webhook(
        acting_user=cast.grace, name="Fire", address="https://fire.example", area_code=COUNTY, now=NOON
    )
    facts = CityFacts("https://next.example/open311/v2", "open_water", "W1")
    city = add_city(acting_user=cast.grace, name="Next", facts=facts, now=NOON)
    feed = add_feed(acting_user=cast.grace, name="Rain", address="https://rain.example/", now=NOON)
    event = CaseEvent.objects.filter(case=case).first()
    notice = Notice.objects.create(
        user=cast.carol.user, case=case, event=event, kind=NoticeKind.GIVEN, made_at=NOON
    )
    run = BulkRun.objects.create(user=cast.carol.user, step=Step.ACCEPT, made_at=NOON)
    search = SavedSearch.objects.create(user=cast.carol.user, name="Late", filters={})
    export = Export.objects.create(user=cast.carol.user, kind="csv", filters={}, asked_at=NOON)
    return {
        "run": run.pk,
        "no_run": run.pk + 1000,
        "search": search.pk,
        "no_search": search.pk + 1000,
        "export": export.pk,
        "no_export": export.pk + 1000,
        "feed": feed.pk,
        "no_feed": feed.pk + 1000,
        "city": city.pk,
        "no_city": city.pk + 1000,
        "webhook": hook.pk,
        "no_webhook": hook.pk + 1000,
        "notice": notice.pk,
        "no_notice": notice.pk + 1000,
    }


def appeal_ids(cast: Cast) -> dict[str, object]:
    """An appeal of a unit of county_1 whose scores are there."""
    case = walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=NOON + timedelta(days=6))
    appeal_score(
        acting_user=cast.alice,
        month=date(2026, 11, 1),
        index="closed",
        unit_code="committee-111",
        case_id=case.pk,
        reason="It was a test",
        now=NOON + timedelta(days=6),
    )
    appeal = ScoreAppeal.objects.get().pk
    return {"appeal": appeal, "no_appeal": appeal + 1000}


def with_ids(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address of the city that has a gap."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from with_ids(pattern.url_patterns, route)
        elif "<" in route:
            yield route


def test_every_address_with_an_id_is_in_the_table() -> None:
    found = {route for route in with_ids(get_resolver().url_patterns) if not route.startswith(OTHERS)}

    assert found == ADDRESSES.keys() | NO_ID


@pytest.mark.parametrize("route", ADDRESSES)
def test_what_is_elsewhere_and_what_is_nowhere_answer_the_same_404(
    cast: Cast, ids: dict[str, object], route: str
) -> None:
    line = ADDRESSES[route]
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(getattr(cast, line.who).user)

    pages = [page(browser, line.method, route, each.format(**ids)) for each in (line.theirs, line.none)]

    assert [status for status, _ in pages] == [404, 404]
    assert pages[0] == pages[1]


def page(browser: Client, method: str, route: str, wanted: str) -> tuple[int, str]:
    """The status and the words of an address, without the address itself and what is new on every page."""
    address = "/" + re.sub("<[^>]+>", lambda gap: SECOND.get(gap[0], wanted), route)
    answer = getattr(browser, method)(address)
    return answer.status_code, re.sub(r'value="[^"]+"', "", answer.text).replace(address, "")


def test_a_role_that_is_not_of_this_member_is_not_there(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.mia.user)
    of_another = Membership.objects.get(user=cast.bob.user).pk

    answers = [
        browser.get(f"/manage/members/of/alice/role/{pk}/take/").status_code
        for pk in (of_another, of_another + 1000)
    ]

    assert len(set(answers)) == 1
