"""Areas between two imports: added, renamed, ended with a successor."""

from datetime import date

import pytest

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.terms import State
from anlan.flows.manage_areas import add_area, change_area, end_area
from anlan.store.models import Area, Case, CaseEvent, Membership, Site, StaffEvent, Unit
from anlan.store.readers.managed import touched_by_ending_area
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

LAST_DAY = date(2026, 11, 30)


def add(acting, code: str) -> Area:
    return add_area(acting_user=acting, code=code, name="新塘村", kind="村", valid_from=None, now=NOON)


def end(acting, code: str, successor: str = "", seen: str | None = None, on: date = LAST_DAY) -> Area:
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
    seen = touched_by_ending_area(cast.village_111).mark

    end(cast.mia, "990101001201", "990101001202", seen)

    assert seen == "units_go_on=1,members_go_on=2,sites_go_on=1,open_cases_go_on=1"
    follows = cast.village_112.path
    assert Unit.objects.get(code="committee-111").area_path == follows
    assert Site.objects.get(code="pond-111").area_path == follows
    assert set(Membership.objects.filter(unit__code="committee-111").values_list("area_path", flat=True)) == {
        follows
    }
    assert Case.objects.get(pk=is_open.pk).area_path == follows
    assert Case.objects.get(pk=ended.pk).area_path == cast.village_111.path
    assert list(CaseEvent.objects.filter(step="moved").values_list("case", "changes")) == [
        (is_open.pk, {"area": ["990101001201", "990101001202"]})
    ]
    assert Area.objects.get(code="990101001201").successor == cast.village_112


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

    assert not Area.objects.exclude(valid_to=None).exists()


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
