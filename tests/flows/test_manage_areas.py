"""Areas between two imports: added, renamed, ended with a successor."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.terms import State
from anlan.flows.case_tasks import give_task
from anlan.flows.manage_areas import add_area, change_area, end_area
from anlan.flows.turn_areas import Turned, turn_areas
from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    CaseTask,
    Device,
    Membership,
    Responsibility,
    Site,
    StaffEvent,
    Unit,
    Webhook,
)
from anlan.store.readers.managed import touched_by_ending_area
from anlan.store.readers.report_form import area_choice
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.walks import walked_to

YESTERDAY, TODAY, TOMORROW = (NOON.date() + timedelta(days=days) for days in (-1, 0, 1))


def add(acting, code: str) -> Area:
    return add_area(acting_user=acting, code=code, name="新塘村", kind="村", valid_from=None, now=NOON)


def end(acting, code: str, successor: str = "", seen: str | None = None, on: date = YESTERDAY) -> Area:
    return end_area(acting_user=acting, code=code, valid_to=on, successor_code=successor, seen=seen, now=NOON)


def test_the_code_of_a_new_area_says_where_it_lies(cast: Cast) -> None:
    area = add(cast.mia, "990101001203")

    assert (area.parent, area.level, area.path) == (
        cast.township_11,
        "village",
        "990100.990101.990101001.990101001203.",
    )


@pytest.mark.parametrize(
    ("code", "error", "reason"),
    [
        ("12", Refused, "area_code_wrong"),
        ("990101001203000", Refused, "area_code_wrong"),
        ("990200", Refused, "area_code_wrong"),  # another city
        ("990101001201", Refused, "code_taken"),
        ("990101009201", Refused, "area_without_parent"),
        ("990102001203", NotFound, "^$"),  # the other county
    ],
)
def test_an_area_that_does_not_fit_is_not_added(
    cast: Cast, code: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        add(cast.mia, code)

    assert Area.objects.count() == 15


def test_renaming_is_kept_in_history(cast: Cast) -> None:
    change_area(acting_user=cast.mia, code="990101", name="望潮市", kind="县级市", now=NOON)

    assert StaffEvent.objects.get().changes == {"name": ["望潮县", "望潮市"], "kind": ["县", "县级市"]}


def test_with_an_area_that_ends_all_that_goes_on_goes_to_its_successor(cast: Cast) -> None:
    is_open, ended = walked_to(State.IN_PROGRESS, cast, NOON), walked_to(State.CLOSED, cast, NOON)
    a_pond_gauge(cast)
    task = _task(cast, is_open)
    seen = touched_by_ending_area(cast.village_111).mark

    end(cast.mia, "990101001201", "990101001202", seen)

    assert seen == "units_go_on=1,members_go_on=2,sites_go_on=1,devices_go_on=1,open_cases_go_on=1"
    follows = cast.village_112.path
    assert Unit.objects.get(code="committee-111").area_path == follows
    assert Site.objects.get(code="pond-111").area_path == follows
    assert set(Membership.objects.filter(unit__code="committee-111").values_list("area_path", flat=True)) == {
        follows
    }
    assert Case.objects.get(pk=is_open.pk).area_path == follows
    assert CaseTask.objects.get(pk=task.pk).area_path == follows
    assert Device.objects.get().area_path == follows
    assert Case.objects.get(pk=ended.pk).area_path == cast.village_111.path
    assert list(CaseEvent.objects.filter(step="moved").values_list("case", "changes")) == [
        (is_open.pk, {"area": ["990101001201", "990101001202"]})
    ]
    area = Area.objects.get(code="990101001201")
    assert (area.successor, area.in_use) == (cast.village_112, False)


def _task(cast: Cast, case: Case) -> CaseTask:
    found = {"case_id": case.pk, "version": case.version, "unit_code": "fire-11", "what": "检查通道"}
    return give_task(acting_user=cast.carol, now=NOON, **found)


def test_who_is_named_for_an_area_and_which_systems_hear_of_it_go_on(cast: Cast) -> None:
    named = {"category": cast.open_water, "unit": cast.committee_111}
    for category in (cast.open_water, cast.stairwell):
        Responsibility.objects.create(area=cast.village_111, unit=cast.committee_111, category=category)
    Responsibility.objects.create(area=cast.village_112, **named | {"unit": cast.committee_112})
    place = {"area": cast.village_111, "area_path": cast.village_111.path}
    Webhook.objects.create(name="x", address="https://hooks.lanchuan.example/", secret="s", **place)

    end(cast.mia, "990101001201", "990101001202")

    assert set(Responsibility.objects.values_list("area", "category__code", "unit__code")) == {
        (cast.village_112.pk, "open_water", "committee-112"),  # named there already
        (cast.village_112.pk, "stairwell", "committee-111"),
    }
    assert Webhook.objects.get().area_path == cast.village_112.path


@pytest.mark.parametrize("last_day", [TODAY, TOMORROW])
def test_an_area_is_in_use_through_its_last_day(cast: Cast, last_day: date) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    end(cast.mia, "990101001201", "990101001202", on=last_day)

    for days, over in ((0, False), ((last_day - TODAY).days, False), ((last_day - TODAY).days + 1, True)):
        turn_areas(acting_user=None, now=NOON + timedelta(days=days))

        area, case = Area.objects.get(code="990101001201"), Case.objects.get(pk=case.pk)
        assert area.in_use is not over
        assert case.area_path == (cast.village_112.path if over else cast.village_111.path)
        assert (area_choice("990101001201") is None) is over
    assert [event.action for event in StaffEvent.objects.filter(subject="area:990101001201")] == [
        "ends",
        "ended",
    ]


def test_another_last_day_may_be_named_until_it_is_over(cast: Cast) -> None:
    end(cast.mia, "990101001201", "990101001202", on=TOMORROW)
    end(cast.mia, "990101001201", "990101001202", on=TOMORROW + timedelta(days=30))

    turned = turn_areas(acting_user=None, now=NOON + timedelta(days=9))

    assert (turned, Area.objects.get(code="990101001201").in_use) == (Turned(), True)


def test_an_area_that_begins_later_is_not_in_use_before(cast: Cast) -> None:
    first = {"code": "990101001203", "name": "新塘村", "kind": "村", "valid_from": TOMORROW}
    area = add_area(acting_user=cast.mia, now=NOON, **first)
    assert (area.in_use, area_choice(area.code)) == (False, None)

    turned = turn_areas(acting_user=None, now=NOON + timedelta(days=1))

    assert turned == Turned(begun=(area.code,))
    assert area_choice(area.code) is not None
    assert turn_areas(acting_user=None, now=NOON + timedelta(days=1)) == Turned()


def test_what_was_put_into_an_area_that_nothing_follows_keeps_it_in_use(cast: Cast) -> None:
    add(cast.mia, "990101001203")
    end(cast.mia, "990101001203", on=TOMORROW)
    place = {
        "area": Area.objects.get(code="990101001203"),
        "area_path": "990100.990101.990101001.990101001203.",
    }
    Site.objects.create(code="late", kind="pond", name="塘", **place)

    turned = turn_areas(acting_user=None, now=NOON + timedelta(days=2))

    assert turned == Turned(left=("990101001203",))
    end(cast.mia, "990101001203", "990101001202", on=YESTERDAY)
    assert Site.objects.get(code="late").area == cast.village_112


def test_open_pages_of_both_areas_hear_of_cases_that_move(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    told: list[dict[str, Any]] = []
    with connection.execute_wrapper(_keeping(told)):
        end(cast.mia, "990101001201", "990101001202")

    (news,) = told
    assert (news["case"], news["version"]) == (case.pk, case.version + 1)
    assert (news["area"], news["also"][0][0]) == (cast.village_112.path, cast.village_111.path)


def _keeping(told: list[dict[str, Any]]) -> Callable[..., Any]:
    """Keeps what the database is asked to tell open pages about cases."""

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "pg_notify" in sql and "event" in json.loads(params[1]):
            told.append(json.loads(params[1]))
        return execute(sql, params, many, context)

    return keep


def test_a_role_that_a_member_has_in_both_is_kept_once(cast: Cast) -> None:
    (role,) = cast.alice.memberships
    Membership.objects.create(
        user=role.user,
        unit=role.unit,
        unit_path=role.unit_path,
        role=role.role,
        area=cast.village_112,
        area_path=cast.village_112.path,
    )

    end(cast.mia, "990101001201", "990101001202")

    assert list(role.user.memberships.values_list("area_path", flat=True)) == [cast.village_112.path]


@pytest.mark.parametrize(
    ("code", "successor", "reason"),
    [
        ("990101001", "990101002", "area_has_areas"),
        ("990101001201", "", "area_not_empty"),
        ("990101001201", "990101001201", "successor_wrong"),
        ("990101001201", "990102001001", "successor_wrong"),  # the other county
        ("990101001201", "123", "successor_wrong"),
    ],
)
def test_an_end_that_does_not_fit_is_refused(cast: Cast, code: str, successor: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        end(cast.mia, code, successor)

    assert not Area.objects.exclude(valid_to=None, in_use=True).exists()


def test_the_city_does_not_end(cast: Cast) -> None:
    with pytest.raises(Refused, match="area_is_root"):
        end(cast.grace, "990100")


def test_nothing_ends_before_it_began(cast: Cast) -> None:
    Area.objects.filter(code="990101001201").update(valid_from=date(2026, 1, 1))

    with pytest.raises(Refused, match="area_ends_before"):
        end(cast.mia, "990101001201", "990101001202", on=date(2025, 12, 31))


def test_an_area_that_changed_since_it_was_shown_does_not_end(cast: Cast) -> None:
    with pytest.raises(Conflict):
        end(cast.mia, "990101001201", "990101001202", seen="units_go_on=0")


@pytest.mark.parametrize("name", ["dan", "carol", "nobody", "frank"])
def test_who_does_not_administer_it_does_not_find_it(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        change_area(acting_user=getattr(cast, name), code="990101", name="x", kind="", now=NOON)
