"""Every cell of the table of permissions on a page that needs the action: role x action x relation.

One city for all cells. Steps of cases, photos, the overview and the desk's form: test_case_permissions.py.
The public API has none of these actions: it shows what everybody may read.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client

from anlan.cases.supervision import Picks
from anlan.cases.terms import State
from anlan.flows.alarm_steps import Asked, silence_alarms
from anlan.flows.appeal_score import appeal_score
from anlan.flows.duty_rosters import OnShift, add_shift
from anlan.flows.issue_warnings import begin_drill, draft_warning
from anlan.flows.manage_calendar import begin_draft as begin_calendar
from anlan.flows.manage_routing import begin_draft as begin_rules
from anlan.flows.manage_webhooks import add_webhook
from anlan.flows.raise_alarms import raise_alarm
from anlan.flows.score_month import score_months
from anlan.flows.supervise import Plan, begin_campaign
from anlan.staff.terms import Action, Relation, Role
from anlan.store.models import CampaignCheck, Contact, Membership, Report, ScoreAppeal
from anlan.store.readers.exports import exported_queue
from anlan.store.readers.queue import Filters
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.alarms import by_hand
from tests.flows.test_issue_warnings import FACTS
from tests.flows.walks import walked_to
from tests.relations import somebody
from tests.staff.test_permissions import EXPECTED

VILLAGE, PHONE = "990101001201", "13900001234"
ELSEWHERE_TESTED = {
    *(Action.VIEW_EVIDENCE, Action.TYPE_REPORT, Action.TRIAGE, Action.DISPATCH, Action.HANDLE, Action.PARK),
    *(Action.VERIFY, Action.CLOSE, Action.REOPEN, Action.VIEW_OVERVIEW, Action.EDIT_SITES),
}


@dataclass(frozen=True)
class Line:
    """A page that shows itself to those who may, and to nobody else. `says` has to stand on it."""

    address: str
    method: str = "get"
    sent: dict[str, str] = field(default_factory=dict)
    says: str = ""
    open: frozenset[int] = frozenset({200, 302})
    shut: frozenset[int] = frozenset({403, 404})


REFUSES_AREA = frozenset({403, 422})
"""Of a form whose area is typed: the role has none of it, or it is said at the field."""

OF_THE_VILLAGE = {
    Action.VIEW_CASE: Line("/cases/{case}/"),
    Action.VIEW_CONTACT: Line("/cases/{case}/", says=PHONE, shut=frozenset({200, 404})),
    Action.MODERATE: Line("/moderation/{case}/"),
    Action.VIEW_SCORES: Line("/scores/units/committee-111/"),
    Action.APPEAL: Line(
        "/scores/appeals/add/committee-111/2026-11/closed/",
        "post",
        {"case": "{number}", "reason": "x"},
        says="has appealed this case",  # for all who may, after the first
        open=frozenset({422}),
        shut=frozenset({403, 404, 422}),
    ),
    Action.DECIDE_APPEAL: Line(
        "/scores/appeals/{appeal}/",
        "post",
        {"accepted": "no", "answer": "x"},
        says="one that appeals decides",  # that the unit stands above is a second rule: test_appeal_score.py
        open=frozenset({422}),
        shut=frozenset({404, 422}),
    ),
    Action.VIEW_AUDIT: Line("/cases/{case}/draws/"),
    Action.SUPERVISE: Line("/supervision/check/{check}/"),
    Action.MANAGE_MEMBERS: Line("/manage/members/of/alice/change/"),
    Action.MANAGE_UNITS: Line("/manage/units/of/committee-111/change/"),
    Action.MANAGE_AREAS: Line(f"/manage/areas/of/{VILLAGE}/change/"),
    Action.NAME_RESPONSIBLE: Line(
        "/manage/responsible/name/",
        "post",
        {"area_code": "990101001", "category_code": "open_water", "unit_code": "office-11"},
        shut=REFUSES_AREA,
    ),
    Action.VIEW_DEVICES: Line("/devices/gauge-111/"),
    Action.MANAGE_DEVICES: Line("/manage/devices/of/gauge-111/change/"),
    Action.DRAFT_WARNING: Line("/duty/warnings/{warning}/change/"),
    Action.SIGN_WARNING: Line("/duty/drills/{drill}/end/"),
    Action.VIEW_ALARMS: Line("/duty/alarms/{alarm}/"),
    Action.HANDLE_ALARM: Line("/duty/alarms/{alarm}/close/"),
    Action.SILENCE_ALARM: Line("/duty/silences/{silence}/end/"),
    Action.MANAGE_ROSTERS: Line("/duty/rosters/{shift}/end/"),
}
"""What lies in village_111 and belongs to its committee."""

OF_THE_CITY = {
    Action.MANAGE_CATEGORIES: Line("/manage/categories/of/open_water/change/"),
    Action.MANAGE_ROUTING: Line("/manage/routing/draft/"),
    Action.MANAGE_CALENDAR: Line("/manage/calendar/draft/"),
    Action.MANAGE_WEBHOOKS: Line("/manage/webhooks/of/{webhook}/change/"),
    Action.MANAGE_RULES: Line("/duty/policies/red/"),
}
"""What is the whole city's: a role in a part of it does not reach it."""

OF_A_ROLE = {
    Action.VIEW_ROUTING: Line("/manage/routing/"),
    Action.VIEW_CALENDAR: Line("/manage/calendar/"),
    Action.EXPORT: Line("/cases/exports/"),
}
"""One page for all who have the role, wherever; which cases a file holds is looked at by itself."""


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def things(cast: Cast) -> dict[str, object]:
    """One thing for each action, of village_111 and its committee, and what is the whole city's."""
    case, later = walked_to(State.CLOSED, cast, NOON), NOON + timedelta(days=6)
    report = Report.objects.create(
        case=case, channel="web", category=case.category, words="x", area=case.area, received_at=NOON
    )
    Contact.objects.create(report=report, phone=PHONE)
    score_months(acting_user=None, now=later)
    facts = {"month": date(2026, 11, 1), "index": "closed", "unit_code": "committee-111"}
    appeal_score(acting_user=cast.alice, case_id=case.pk, reason="A test", now=later, **facts)
    plan = Plan(
        name="k", picks=Picks.AREAS, area_code=VILLAGE, begins_on=NOON.date(), ends_on=NOON.date(), most=1
    )
    begin_campaign(acting_user=cast.carol, plan=plan, now=NOON)
    a_pond_gauge(cast)
    asked = Asked(VILLAGE, "Works", NOON, NOON + timedelta(hours=1))
    hook, _ = add_webhook(
        acting_user=cast.grace, name="Fire", address="https://fire.example", area_code=VILLAGE, now=NOON
    )
    on_shift = OnShift(VILLAGE, "carol", NOON, NOON + timedelta(hours=8))
    begin_calendar(acting_user=cast.grace, now=NOON)
    begin_rules(acting_user=cast.grace, now=NOON)
    return {
        "case": case.pk,
        "number": case.number,
        "appeal": ScoreAppeal.objects.get().pk,
        "check": CampaignCheck.objects.get().pk,
        "warning": draft_warning(
            acting_user=cast.carol, facts=replace(FACTS, area_code=VILLAGE), now=NOON
        ).pk,
        "drill": begin_drill(acting_user=cast.carol, area_code=VILLAGE, words="Flood", now=NOON).pk,
        "alarm": raise_alarm(acting_user=None, cause=by_hand(cast), now=NOON),
        "silence": silence_alarms(acting_user=cast.carol, asked=asked, now=NOON).pk,
        "shift": add_shift(acting_user=cast.carol, shift=on_shift, now=NOON).pk,
        "webhook": hook.pk,
    }


def in_the_city(cast: Cast, role: Role) -> Acting:
    """A member with one role, in the whole city."""
    member = somebody(cast, role, Relation.ELSEWHERE).user
    member.username = f"{role}-city"
    member.save()
    Membership.objects.filter(user=member).update(area=cast.city, area_path=cast.city.path)
    return acting_for(member)


def opens(browser: Client, line: Line, ids: dict[str, object]) -> bool:
    """Does the page open? It is shut with one of the statuses of the line, and in no other way."""
    sent = {name: value.format(**ids) for name, value in line.sent.items()}
    answer = getattr(browser, line.method)(line.address.format(**ids), sent)
    opened = answer.status_code in line.open and line.says in answer.text
    assert opened or answer.status_code in line.shut, (line.address, answer.status_code)
    return bool(opened)


def test_each_cell_of_the_table_holds_on_a_page_that_needs_it(cast: Cast) -> None:
    assert {*OF_THE_VILLAGE, *OF_THE_CITY, *OF_A_ROLE, *ELSEWHERE_TESTED} == set(Action)
    ids, wrong = things(cast), []

    def look(who: Acting, lines: Mapping[Action, Line], cell: str, expected: Set[Action]) -> None:
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(who.user)
        opened = {action for action, line in lines.items() if opens(browser, line, ids)}
        wrong.extend((cell, action, action in opened) for action in opened ^ (expected & lines.keys()))

    for role, relation in product(Role, Relation):
        who, cell = somebody(cast, role, relation), f"{role} {relation}"
        allowed = {action for action in Action if relation in EXPECTED[role, action]}
        held = {action for action in Action if EXPECTED[role, action]}
        look(who, OF_THE_VILLAGE | OF_A_ROLE, cell, (allowed - OF_A_ROLE.keys()) | (held & OF_A_ROLE.keys()))
        if Action.EXPORT in held:
            files = bool(list(exported_queue(who, Filters(view="all"), NOON)))
            wrong.extend([(cell, "rows", files)] if files is not (Action.EXPORT in allowed) else [])
        if relation is Relation.OWN_AREA:
            look(who, OF_THE_CITY, cell, set())
            everywhere = in_the_city(cast, role)
            look(everywhere, OF_THE_CITY, f"{role} city", allowed)

    assert wrong == []
