"""The administration: who gets in, what is listed, form, preview, done."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.cases.terms import State
from anlan.edge.pages.changed_fields import FIELDS
from anlan.flows.duty_rosters import OnShift, add_shift
from anlan.flows.import_sites import COMPARED
from anlan.flows.manage_categories import CategoryFacts
from anlan.flows.manage_members import NewRole, give_role
from anlan.flows.manage_other_cities import CityFacts
from anlan.flows.manage_sites import SiteFacts
from anlan.flows.manage_units import UnitFacts
from anlan.flows.staff_history import record
from anlan.store.models import Area, Case, Category, Membership, Site, StaffEvent, StageLimit, Unit, User
from tests.cast import Cast
from tests.flows.walks import new, walked_to


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def browser_of(acting) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(acting.user)
    return browser


LISTS = ("members", "units", "areas", "sites", "categories", "webhooks", "history")
OPEN_TO = {
    "members": {"grace", "mia"},
    "units": {"grace", "mia"},
    "areas": {"grace", "mia"},
    "categories": {"grace"},
    "webhooks": {"grace"},
    "sites": {"grace", "mia", "carol", "dan", "ivan", "liu"},
    "history": {"frank"},
}
PEOPLE = (
    *("alice", "bob", "carol", "dan", "erin", "frank", "grace", "heidi"),
    *("ivan", "judy", "ken", "liu", "mia", "nobody"),
)


@pytest.mark.parametrize("page", LISTS)
def test_each_list_opens_to_those_who_may_and_nobody_else(cast: Cast, page: str) -> None:
    answers = {name: browser_of(getattr(cast, name)).get(f"/manage/{page}/").status_code for name in PEOPLE}

    assert {name for name, status in answers.items() if status == 200} == OPEN_TO[page]
    assert set(answers.values()) <= {200, 403, 404}


def test_without_signing_in_there_is_only_the_way_to_sign_in(cast: Cast) -> None:
    assert Client().get("/manage/units/").url == "/account/login/?next=/manage/units/"


ELSEWHERE = (
    *("members/of/dan/", "members/of/dan/change/", "members/of/dan/role/", "members/of/dan/link/"),
    *("members/of/dan/second-factors/", "members/of/grace/"),
    *("units/of/desk-2/", "units/of/desk/change/", "units/of/office-21/move/", "units/of/office-21/close/"),
    *("units/of/office-21/open/", "areas/of/990102/", "areas/of/990100/change/", "areas/of/990102/end/"),
    *("sites/of/school-211/", "sites/of/school-211/change/", "categories/of/water/", "categories/add/"),
    "categories/of/water/change/",
    "categories/of/water/limits/",
)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_lies_elsewhere_answers_as_if_it_were_not_there(cast: Cast, address: str, method: str) -> None:
    answer = getattr(browser_of(cast.mia), method)(f"/manage/{address}")
    unknown = getattr(browser_of(cast.mia), method)("/manage/units/of/no-such-unit/")

    assert answer.status_code == unknown.status_code == 404
    assert re.sub(r'value="[^"]+"', "", answer.text) == re.sub(r'value="[^"]+"', "", unknown.text).replace(
        "/manage/units/of/no-such-unit/", f"/manage/{address}"
    )


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 5 + 4),
        ("words=water", 1),
        ("words=渡头", 1),
        ("kind=village_committee", 4),
        ("kind=village_committee&area=990101002", 2),
        ("state=closed", 0),
        ("area=999999", 0),
        ("words=%00", 9),
        ("after=desk.desk-1.office-12.", 3),
    ],
)
def test_filters_of_units_live_in_the_address(cast: Cast, query: str, shown: int) -> None:
    page = browser_of(cast.mia).get(f"/manage/units/?{query}")

    assert len(page.context["rows"]) == shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=handler", ["alice", "erin"]),
        ("words=car", ["carol"]),
        ("area=990101001", ["alice", "erin", "ivan", "ken"]),
        ("state=active&words=bob", ["bob"]),
        ("state=invited", []),
        ("state=closed", []),
    ],
)
def test_filters_of_members_live_in_the_address(cast: Cast, query: str, names: list[str]) -> None:
    page = browser_of(cast.mia).get(f"/manage/members/?{query}")

    assert [row.cells[0] for row in page.context["rows"]] == names


def more_of(cast: Cast, count: int) -> None:
    """So many more units, areas, sites and members in county_1."""
    for n in range(count):
        code = f"more-{n:03}"
        unit = Unit.objects.create(
            code=code,
            name=code,
            kind="post",
            parent=cast.desk_1,
            path=f"{cast.desk_1.path}{code}.",
            area=cast.county_1,
            area_path=cast.county_1.path,
        )
        Site.objects.create(
            code=code, kind="pond", name=code, area=cast.county_1, area_path=cast.county_1.path, unit=unit
        )
        Area.objects.create(
            code=f"9901010{n:02}",
            name=code,
            level="township",
            parent=cast.county_1,
            path=f"{cast.county_1.path}9901010{n:02}.",
        ) if n > 2 else None
        user = User.objects.create(username=code)
        Membership.objects.create(
            user=user,
            unit=unit,
            unit_path=unit.path,
            role="handler",
            area=cast.county_1,
            area_path=cast.county_1.path,
        )


@pytest.mark.parametrize("page", ["members", "units", "areas", "sites"])
def test_a_list_asks_as_much_for_many_rows_as_for_few(cast: Cast, page: str) -> None:
    browser = browser_of(cast.mia)
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/manage/{page}/")
    more_of(cast, 40)
    with CaptureQueriesContext(connection) as many:
        browser.get(f"/manage/{page}/")

    assert len(many) == len(few)


def test_the_next_page_begins_where_the_last_one_ended(cast: Cast) -> None:
    more_of(cast, 60)
    browser = browser_of(cast.mia)
    first = browser.get("/manage/units/")
    second = browser.get(f"/manage/units/{first.context['next_address']}")

    codes = [row.cells[1] for page in (first, second) for row in page.context["rows"]]
    assert len(codes) == len(set(codes)) == first.context["total"] == 69
    assert second.context["next_address"] == ""
    assert ("1 to 50 of 69" in first.text, "51 to 69 of 69" in second.text) == (True, True)


def test_a_member_is_shown_with_the_count_of_their_roles_or_what_none_means(cast: Cast) -> None:
    browser = browser_of(cast.grace)
    with_role = browser.get("/manage/members/of/alice/").text
    without = browser.get("/manage/members/of/nobody/").text

    assert '<h2>Roles</h2><span class="q n">1</span>' in with_role
    assert "No role yet: this member sees no case." in without


ROLE = {"role": "handler", "unit_code": "committee-112", "area_code": "渡头村 (990101001202)"}


def test_the_link_of_a_new_member_names_the_public_address(cast: Cast, settings) -> None:
    settings.ANLAN_PUBLIC_URL = "https://city.example"

    page = browser_of(cast.mia).post(
        "/manage/members/add/", ROLE | {"username": "olga", "full_name": "Olga", "email": ""}
    )

    assert "<code>https://city.example/" in page.text


def test_an_invited_member_gets_in_by_the_link(cast: Cast) -> None:
    page = browser_of(cast.mia).post(
        "/manage/members/add/", ROLE | {"username": "olga", "full_name": "Olga", "email": ""}
    )
    link = re.search(r"<code>http://testserver(\S+)</code>", page.text)
    assert link
    newcomer = Client(headers={"accept-language": "en"})
    done = newcomer.post(link[1], {"password": "长长的口令 and words", "again": "长长的口令 and words"})
    signed_in = newcomer.post("/account/login/", {"login": "olga", "password": "长长的口令 and words"})
    again = newcomer.get(link[1])

    assert page["Cache-Control"] == "no-store"
    assert (done.url, signed_in.status_code, again.status_code) == ("/account/login/", 302, 410)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"area_code": "青屿县"}, "area_code"),
        ({"unit_code": "desk-2"}, "unit_code"),
        ({"area_code": "990100"}, "area_code"),
        ({"role": "king"}, "role"),
        ({"username": "alice"}, "__all__"),
        ({"username": ""}, "username"),
        ({"email": "no address"}, "email"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    cast: Cast, typed: dict[str, str], field: str
) -> None:
    account = {"username": "olga", "full_name": "Olga of Dutou", "email": ""}

    page = browser_of(cast.mia).post("/manage/members/add/", ROLE | account | typed)

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert 'value="Olga of Dutou"' in page.text


def test_a_name_that_two_areas_have_asks_for_the_code(cast: Cast) -> None:
    page = browser_of(cast.grace).post(
        "/manage/members/add/",
        ROLE | {"username": "olga", "full_name": "", "email": "", "area_code": "渡头村"},
    )

    assert page.context["form"].errors == {"area_code": ["Several are called so. Type the code."]}


def test_closing_a_unit_is_shown_first_with_what_it_touches(cast: Cast) -> None:
    walked_to(State.IN_PROGRESS, cast, timezone.now())
    browser = browser_of(cast.mia)

    named = {"successor_code": "committee-112"}
    shown = browser.post("/manage/units/of/committee-111/close/", named)
    assert Unit.objects.get(code="committee-111").active
    browser.post("/manage/units/of/committee-111/close/", named | {"seen": shown.context["seen"]})

    assert shown.context["effects"] == [
        "2 members lose access",
        "1 open case goes to the unit that follows; its history says so",
        "1 site goes to the unit that follows",
    ]
    assert not Unit.objects.get(code="committee-111").active


def test_a_preview_that_is_no_longer_true_is_shown_again(cast: Cast) -> None:
    browser = browser_of(cast.mia)
    named = {"successor_code": "committee-112"}
    shown = browser.post("/manage/units/of/committee-111/close/", named)
    role = NewRole("handler", "committee-111", "990101001201")
    give_role(acting_user=cast.mia, username="carol", role=role, now=timezone.now())

    again = browser.post("/manage/units/of/committee-111/close/", named | {"seen": shown.context["seen"]})

    assert again.status_code == 409
    assert "It changed meanwhile" in again.text
    assert again.context["effects"][0] == "3 members lose access"
    assert Unit.objects.get(code="committee-111").active


def test_nothing_is_closed_by_a_post_that_saw_no_preview(cast: Cast) -> None:
    browser_of(cast.mia).post("/manage/units/of/committee-111/close/")

    assert Unit.objects.get(code="committee-111").active


def test_a_unit_is_moved_after_the_form_and_its_preview(cast: Cast) -> None:
    browser = browser_of(cast.mia)
    place = {"parent_code": "望潮县水利局 (water-1)", "area_code": "990101001"}

    shown = browser.post("/manage/units/of/office-11/move/", place)
    done = browser.post("/manage/units/of/office-11/move/", place | {"seen": shown.context["seen"]})

    assert shown.context["effects"][0] == "4 units move, each with those below it"
    assert done.url == "/manage/units/of/office-11/"
    assert Unit.objects.get(code="committee-111").path == "desk.desk-1.water-1.office-11.committee-111."


def test_a_refused_move_says_why_at_the_form(cast: Cast) -> None:
    place = {"parent_code": "committee-111", "area_code": "990101001"}
    browser = browser_of(cast.mia)
    shown = browser.post("/manage/units/of/office-11/move/", place)

    page = browser.post("/manage/units/of/office-11/move/", place | {"seen": shown.context["seen"]})

    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == [
        "A unit cannot stand below itself. Choose a unit outside its own tree."
    ]


def test_the_highest_unit_of_a_county_may_keep_the_parent_that_lies_elsewhere(cast: Cast) -> None:
    browser = browser_of(cast.mia)
    form = browser.get("/manage/units/of/desk-1/move/").context["form"]

    typed = {name: form[name].value() for name in form.fields}
    shown = browser.post("/manage/units/of/desk-1/move/", typed)

    assert typed["parent_code"] == "市指挥中心 (desk)"
    assert shown.status_code == 200


def test_a_member_loses_a_role_after_a_question(cast: Cast) -> None:
    browser = browser_of(cast.mia)
    (role,) = cast.alice.memberships
    address = f"/manage/members/of/alice/role/{role.pk}/take/"

    shown = browser.get(address)
    browser.post(address, {"seen": shown.context["seen"]})

    assert shown.context["effects"] == []
    assert "Nothing else is touched." in shown.text
    assert not cast.alice.user.memberships.exists()


def test_taking_a_role_says_which_cases_draws_and_shifts_it_touches(cast: Cast) -> None:
    (role,) = cast.carol.memberships
    case = walked_to(State.RECTIFIED, cast, timezone.now() - timedelta(hours=10))
    Case.objects.filter(pk=case.pk).update(drawn_verifiers=[role.pk])
    shift = OnShift(cast.village_111.code, "carol", timezone.now(), timezone.now() + timedelta(hours=8))
    add_shift(acting_user=cast.carol, shift=shift, now=timezone.now())
    address = f"/manage/members/of/carol/role/{role.pk}/take/"

    shown = browser_of(cast.grace).get(address)

    assert shown.context["effects"] == [
        "1 open case is no longer theirs to see by this role",
        "1 verification was drawn for this role; draw it anew if nobody else was drawn",
        "1 shift to come stays in the roster with their name; put somebody else there",
    ]
    Case.objects.filter(pk=case.pk).update(drawn_verifiers=[])
    changed = browser_of(cast.grace).post(address, {"seen": shown.context["seen"]})
    assert changed.status_code == 409
    assert cast.carol.user.memberships.exists()


ENDS = {
    "link": ["The password ends", "2 browsers in which they are signed in are signed out"],
    "second-factors": [
        "1 second factor is removed",
        "The password ends",
        "2 browsers in which they are signed in are signed out",
    ],
    "sessions": ["2 browsers in which they are signed in are signed out"],
}


@pytest.mark.parametrize("page", ENDS)
def test_what_ends_of_an_account_is_counted_before(cast: Cast, page: str) -> None:
    cast.alice.user.set_password("a fence around the pond")
    cast.alice.user.save()
    typed = {"login": "alice", "password": "a fence around the pond"}
    assert [Client().post("/account/login/", typed).status_code for _ in range(2)] == [302, 302]
    TOTP.activate(cast.alice.user, "JBSWY3DPEHPK3PXP")

    shown = browser_of(cast.mia).get(f"/manage/members/of/alice/{page}/")

    assert shown.context["effects"] == ENDS[page]
    stale = browser_of(cast.mia).post(f"/manage/members/of/alice/{page}/", {"seen": "sessions_end=1"})
    assert stale.status_code == 409
    assert browser_of(cast.mia).post(
        f"/manage/members/of/alice/{page}/", {"seen": shown.context["seen"]}
    ).status_code in (200, 302)


def test_a_site_that_moves_says_what_stays_behind(cast: Cast) -> None:
    case = new(cast, timezone.now())
    Case.objects.filter(pk=case.pk).update(site=cast.pond_111)
    browser, address = browser_of(cast.carol), "/manage/sites/of/pond-111/change/"
    form = browser.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"area_code": cast.township_12.code}

    shown = browser.post(address, typed)

    assert shown.context["effects"] == ["1 open case of this site stays in its area and with its unit"]
    assert Site.objects.get(code="pond-111").area == cast.village_111
    browser.post(address, typed | {"seen": shown.context["seen"]})
    assert Site.objects.get(code="pond-111").area == cast.township_12


def test_the_summary_of_a_form_names_its_fields(cast: Cast) -> None:
    page = browser_of(cast.carol).post("/manage/sites/add/", SITE | {"name": "", "code": ""}).text

    assert re.findall(r">([^<>]+: This field is required\.)<", page) == [
        "Code of the site: This field is required.",
        "Name: This field is required.",
    ]


def test_where_nothing_is_counted_nothing_is_said_to_be_untouched(cast: Cast) -> None:
    Unit.objects.filter(code="committee-111").update(active=False)

    shown = browser_of(cast.grace).get("/manage/units/of/committee-111/open/")

    assert shown.status_code == 200
    assert "Nothing else is touched." not in shown.text


def test_nobody_takes_their_own_role_and_is_told_so(cast: Cast) -> None:
    (role,) = cast.mia.memberships

    page = browser_of(cast.mia).post(
        f"/manage/members/of/mia/role/{role.pk}/take/", {"seen": ""}, follow=True
    )

    assert "Nobody changes their own roles or account here." in page.text
    assert cast.mia.user.memberships.exists()


SITE = {
    "code": "pond-new",
    "kind": "pond",
    "name": "新塘",
    "area_code": "沙埂村",
    "unit_code": "",
    "lng": "121.3",
    "lat": "28.6",
    "crs": "wgs84",
    "in_use": "on",
}


def test_a_dispatcher_adds_a_site_and_history_says_so(cast: Cast) -> None:
    browser = browser_of(cast.carol)

    done = browser.post("/manage/sites/add/", SITE)
    page = browser.get("/manage/sites/of/pond-new/")

    assert done.status_code == 302
    assert Site.objects.get(code="pond-new").area == cast.village_121
    assert [(event.what, event.by) for event in page.context["events"]] == [("Added", "carol")]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"lat": ""}, "lat"),
        ({"lng": "500"}, "lng"),
        ({"lng": "nan"}, "lng"),
        ({"code": "a/b"}, "code"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"area_code": "梅坑村"}, "area_code"),
    ],
)
def test_a_site_that_is_wrong_is_refused_at_its_field(cast: Cast, typed: dict[str, str], field: str) -> None:
    page = browser_of(cast.carol).post("/manage/sites/add/", SITE | typed)

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}


def test_a_category_is_changed_after_its_preview(cast: Cast) -> None:
    browser = browser_of(cast.grace)
    form = browser.get("/manage/categories/of/open_water/change/").context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"handle_hours": 72}

    shown = browser.post("/manage/categories/of/open_water/change/", typed)
    browser.post("/manage/categories/of/open_water/change/", typed | {"seen": shown.context["seen"]})

    assert Category.objects.get(code="open_water").handle_hours == 72


def test_a_limit_in_working_time_is_set_after_its_preview_and_taken_away(cast: Cast) -> None:
    browser = browser_of(cast.grace)
    address = "/manage/categories/of/open_water/limits/"
    typed = {"stage": "handle", "severity": "serious", "unit": "working days", "amber_percent": 50}

    def sent(amount: int) -> list[tuple[int, str, int]]:
        shown = browser.post(address, typed | {"amount": amount})
        browser.post(address, typed | {"amount": amount, "seen": shown.context["seen"]})
        return list(StageLimit.objects.values_list("amount", "unit", "amber_percent"))

    assert (sent(3), sent(0)) == ([(3, "working days", 50)], [])
    assert [event.changes for event in StaffEvent.objects.order_by("pk")] == [
        {"limit handle serious": [None, "3 working days, 50 %"]},
        {"limit handle serious": ["3 working days, 50 %", None]},
    ]


def test_an_area_is_added_and_ended(cast: Cast) -> None:
    browser = browser_of(cast.mia)
    browser.post(
        "/manage/areas/add/", {"code": "990101001203", "name": "新塘村", "kind": "村", "valid_from": ""}
    )
    end = {"valid_to": "2026-12-31", "successor_code": "荻花村"}
    shown = browser.post("/manage/areas/of/990101001203/end/", end)
    browser.post("/manage/areas/of/990101001203/end/", end | {"seen": shown.context["seen"]})

    assert Area.objects.get(code="990101001203").successor == cast.village_111


def test_an_auditor_reads_who_changed_what(cast: Cast) -> None:
    browser_of(cast.carol).post("/manage/sites/add/", SITE)

    page = browser_of(cast.frank).get("/manage/history/?words=site:pond-new")

    assert [(event.what, event.subject, event.by) for event in page.context["events"]] == [
        ("Added", "site:pond-new", "carol")
    ]
    assert StaffEvent.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "address",
    [
        "",
        *(
            "members/",
            "members/add/",
            "members/of/alice/",
            "members/of/alice/change/",
            "members/of/alice/role/",
        ),
        *("members/of/alice/link/", "members/of/alice/second-factors/"),
        *(
            "units/",
            "units/add/",
            "units/of/office-11/",
            "units/of/office-11/change/",
            "units/of/office-11/move/",
        ),
        *("units/of/committee-111/close/", "units/of/committee-111/open/"),
        *("areas/", "areas/add/", "areas/of/990101/", "areas/of/990101/change/", "areas/of/990101/end/"),
        *("sites/", "sites/add/", "sites/of/pond-111/", "sites/of/pond-111/change/"),
        *("categories/", "categories/add/", "categories/of/water/", "categories/of/open_water/change/"),
    ],
)
def test_every_page_answers_in_both_languages(cast: Cast, address: str, language: str) -> None:
    page = browser_of(cast.grace).get(f"/manage/{address}", {"lang": language})

    assert page.status_code == 200
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}"' in page.text


@pytest.mark.parametrize("page", ["cities", "feeds", "webhooks", "devices/kinds", "categories"])
def test_a_list_without_filters_offers_none(cast: Cast, settings: Any, page: str) -> None:
    settings.ANLAN_SYNTHETIC = True  # administrators need no second factor in the demo
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.grace.user)

    text = browser.get(f"/manage/{page}/").text

    assert 'name="words"' not in text and "Take a filter away" not in text


def test_an_empty_list_says_how_to_begin_and_a_filtered_one_to_take_the_filter_away(
    cast: Cast, settings: Any
) -> None:
    settings.ANLAN_SYNTHETIC = True
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.grace.user)

    none, filtered = (browser.get(f"/manage/{page}").text for page in ("cities/", "units/?words=zzz"))

    assert "There are none yet" in none and none.count('href="/manage/cities/add/"') == 2
    assert "Take a filter away" in filtered and "There are none yet" not in filtered


def test_history_names_fields_as_the_forms_do_and_says_moments_in_the_time_of_the_city(cast: Cast) -> None:
    record(
        cast.grace.user,
        "changed",
        "device:gauge-1",
        {
            "muted_until": (None, datetime(2026, 12, 1, 18, 30, tzinfo=UTC)),
            "in_use": (True, False),
            "unit_kind": ("enterprise", "township_office"),
            "limit handle severe": (None, "3 days, 67 %"),
            "path": ("desk.", "desk.office-1."),
        },
        timezone.now(),
    )
    shown = browser_of(cast.frank).get("/manage/history/").text

    assert "Muted until: – → 2026-12-02 02:30" in shown
    assert "In use: yes → no" in shown
    assert "Kind of unit that answers: Enterprise → Township office" in shown
    assert "Time limit rectify Severe: – → 3 days of the calendar, 67 %" in shown
    assert "path" not in shown.partition("gauge-1")[2].partition("</li>")[0]
    chinese = Client(headers={"accept-language": "zh-hans"})
    chinese.force_login(cast.frank.user)
    assert "静音至：– → 2026-12-02 02:30" in chinese.get("/manage/history/").text


def test_every_column_that_the_forms_write_has_a_name_in_history() -> None:
    facts = (UnitFacts, SiteFacts, CategoryFacts, CityFacts)
    columns = {name for each in facts for name in each.__annotations__} | set(COMPARED)
    columns -= {"area_code", "unit_code", "category_code"}  # kept as what they name
    assert columns - set(FIELDS) == {"service_code", "jurisdiction_id"}  # the words of Open311
