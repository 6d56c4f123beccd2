"""Who is named for what: naming, the holes that are left, and whom a case is answered for by."""

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.flows.name_responsible import name_responsible
from anlan.store.models import StaffEvent, Unit
from anlan.store.readers.responsibilities import Wanted, answering, holes, level_counts
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new


def name(acting, area: str = "990101", category: str = "water", unit: str = "water-1"):
    return name_responsible(
        acting_user=acting, area_code=area, category_code=category, unit_code=unit, now=NOON
    )


def test_a_unit_named_for_a_family_fills_the_holes_of_its_categories(cast: Cast) -> None:
    before = {each.level: (each.pairs, each.named) for each in level_counts(cast.grace)}
    name(cast.grace)

    assert before == {"city": (5, 0), "county": (10, 0), "township": (20, 0)}
    assert {each.level: each.named for each in level_counts(cast.grace)} == {
        "city": 0,
        "county": 2,  # open water and rescue gear
        "township": 0,
    }


def test_a_unit_that_no_longer_acts_is_nobody(cast: Cast) -> None:
    name(cast.grace)
    Unit.objects.filter(code="water-1").update(active=False)

    assert sum(each.named for each in level_counts(cast.grace)) == 0


def test_holes_come_by_area_and_category_and_go_on_where_the_page_ended(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("anlan.store.readers.responsibilities.PAGE", 2)
    wanted = Wanted(level="county", area="990101")
    first, after = holes(cast.grace, wanted)
    second, _ = holes(cast.grace, Wanted(level="county", area="990101", after=after))

    assert [(each.area_code, each.category_code) for each in (*first, *second)] == [
        ("990101", "charging"),
        ("990101", "junction"),
        ("990101", "open_water"),
        ("990101", "rescue_gear"),
    ]


def test_nobody_sees_holes_of_other_areas(cast: Cast) -> None:
    assert {each.area_code for each in holes(cast.ivan, Wanted())[0]} == {"990101001"}


def test_a_case_is_answered_for_from_the_township_up(cast: Cast) -> None:
    name(cast.grace)
    name(cast.grace, "990101001", "open_water", "office-11")
    name(cast.grace, "990101", "open_water", "desk-1")
    case = new(cast, NOON)

    assert answering(case) == [("township", cast.office_11), ("county", cast.desk_1)]


def test_naming_again_and_naming_nobody_are_kept(cast: Cast) -> None:
    for unit in ("water-1", "desk-1", "desk-1", ""):
        name(cast.mia, unit=unit)

    assert [event.changes["unit"] for event in StaffEvent.objects.order_by("id")] == [
        [None, "water-1"],
        ["water-1", "desk-1"],
        ["desk-1", None],
    ]


@pytest.mark.parametrize(
    ("who", "area", "error"),
    [("mia", "990102", NotFound), ("carol", "990101", NotFound), ("grace", "990101001201", Refused)],
)
def test_a_name_is_given_in_the_own_area_and_at_the_three_levels(
    cast: Cast, who: str, area: str, error: type
) -> None:
    with pytest.raises(error):
        name(getattr(cast, who), area)
