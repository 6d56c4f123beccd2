"""The tree of areas: codes, what a list must fulfil, and what it changes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.tables import Complaints
from anlan.places.areas import (
    AreaRow,
    ListedArea,
    canonical_code,
    check_tree,
    compare,
    current,
    in_use_on,
    level_of,
    merge_rows,
    parent_code,
    path_of,
)
from anlan.places.terms import Level

TAIZHOU = AreaRow("331000", Level.CITY, "台州市")
YUHUAN_COUNTY = AreaRow("331021", Level.COUNTY, "玉环县")
YUHUAN_CITY = AreaRow("331083", Level.COUNTY, "玉环市")
RENAMED = date(2017, 4, 9)


def listed(*areas: AreaRow) -> dict[str, ListedArea]:
    return {area.code: ListedArea("areas.csv", row, area) for row, area in enumerate(areas, start=2)}


def complaints_about(known: dict[str, AreaRow], *areas: AreaRow) -> list[tuple[int, str, str]]:
    complaints = Complaints()
    check_tree(listed(*areas), known, complaints)
    return [(bad.row, bad.column, bad.right) for bad in complaints.rows]


@pytest.mark.parametrize(
    ("code", "level", "parent", "path"),
    [
        ("331000", Level.CITY, None, "331000."),
        ("331081", Level.COUNTY, "331000", "331000.331081."),
        ("331081012", Level.TOWNSHIP, "331081", "331000.331081.331081012."),
        ("331081012203", Level.VILLAGE, "331081012", "331000.331081.331081012.331081012203."),
        ("441900003", Level.TOWNSHIP, "441900", "441900.441900003."),
    ],
)
def test_a_code_says_level_parent_and_path(code: str, level: Level, parent: str | None, path: str) -> None:
    assert (level_of(code), parent_code(code), path_of(code)) == (level, parent, path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("331081", "331081"),
        ("331081000000", "331081"),
        ("331081012000", "331081012"),
        ("331000000", "331000"),
        ("330000", None),
        ("33108", None),
        ("331081x12", None),
        ("٣٣١٠٨١", None),
        ("", None),
    ],
)
def test_padded_codes_are_cut_and_others_are_none(text: str, code: str | None) -> None:
    assert canonical_code(text) == code


def test_yuhuan_became_a_city_with_another_code() -> None:
    known = {area.code: area for area in (TAIZHOU, YUHUAN_COUNTY)}
    ended = replace(YUHUAN_COUNTY, valid_to=RENAMED, successor="331083")
    began = replace(YUHUAN_CITY, valid_from=RENAMED)

    assert complaints_about(known, ended, began) == []
    changes = compare([ended, began], known)
    assert (changes.added, [change.fields for change in changes.closed]) == (
        (began,),
        [{"valid_to": (None, RENAMED), "successor": (None, "331083")}],
    )
    assert current("331021", {"331021": ended, "331083": began}) == "331083"


def test_many_villages_may_merge_into_one() -> None:
    old = [
        replace(_village(number), valid_to=RENAMED, successor="331081012210")
        for number in ("201", "202", "203")
    ]
    known = {area.code: area for area in (TAIZHOU, _county(), _township())}

    assert complaints_about(known, *old, _village("210")) == []


def test_what_the_tree_does_not_allow_is_said_at_the_row() -> None:
    known = {area.code: area for area in (TAIZHOU, YUHUAN_COUNTY)}

    assert complaints_about(
        known,
        replace(_township(), name=None),
        replace(YUHUAN_CITY, successor="331084"),
        replace(YUHUAN_COUNTY, valid_from=RENAMED, valid_to=date(2016, 1, 1), successor="331000"),
    ) == [
        (2, "name", "the name of the area"),
        (2, "code", "a row for the area that it lies in, or one that is there already"),
        (3, "successor", "the code of an area in the list, or one that is there already"),
        (4, "valid_to", "a day not before valid_from"),
        (4, "successor", "an area of the same level"),
    ]


def test_a_circle_of_successors_is_refused() -> None:
    one = replace(YUHUAN_COUNTY, valid_to=RENAMED, successor="331083")
    other = replace(YUHUAN_CITY, valid_to=RENAMED, successor="331021")

    right = "an area that came later, not one that leads back here"
    assert complaints_about({"331000": TAIZHOU}, one, other) == [
        (2, "successor", right),
        (3, "successor", right),
    ]


def test_an_area_in_use_may_not_lie_in_one_that_ended() -> None:
    known = {area.code: area for area in (TAIZHOU, _county(), _township())}

    assert complaints_about(known, replace(_county(), valid_to=RENAMED), _township()) == [
        (3, "valid_to", "a last day: the area that it lies in has ended")
    ]


def test_the_same_code_with_other_values_is_said_and_equal_rows_are_one() -> None:
    complaints = Complaints()
    rows = [ListedArea("a.csv", 2, TAIZHOU), ListedArea("b.csv", 5, TAIZHOU)]
    other = ListedArea("b.csv", 6, replace(TAIZHOU, name="台州"))

    assert merge_rows([*rows, other], complaints) == {"331000": rows[0]}
    assert [(bad.file, bad.row, bad.facts) for bad in complaints.rows] == [
        ("b.csv", 6, {"file": "a.csv", "row": 2})
    ]


def test_a_list_of_one_township_says_nothing_about_the_others() -> None:
    known = {area.code: area for area in (TAIZHOU, _county(), _township(), YUHUAN_CITY)}

    assert compare([_village("201")], known).missing == ()
    assert compare([_county()], known).missing == ("331083",)


def test_what_is_missing_ends_with_all_that_lies_in_it_only_when_asked() -> None:
    known = {area.code: area for area in (TAIZHOU, _county(), _township(), _village("201"), YUHUAN_CITY)}

    assert compare([YUHUAN_CITY], known).counts() == {"added": 0, "changed": 0, "closed": 0, "unchanged": 1}
    closed = compare([YUHUAN_CITY], known, close_missing=RENAMED).closed
    assert [(change.area.code, change.area.valid_to) for change in closed] == [
        ("331081", RENAMED),
        ("331081012", RENAMED),
        ("331081012201", RENAMED),
    ]


def test_what_a_list_leaves_out_of_a_row_stays() -> None:
    known = {"331000": replace(TAIZHOU, kind="地级市", lng=121.4, lat=28.6)}

    assert compare([TAIZHOU], known).unchanged == 1


CODES = st.sampled_from(["331000", "331081", "331083", "331081012", "331081012201", "331081012202"])
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))
AREAS = st.builds(
    lambda code, name, kind, day: AreaRow(code, level_of(code), name, kind, valid_from=day),
    CODES,
    st.sampled_from(["城关", "新桥"]),
    st.none() | st.just("镇"),
    DAYS,
)


@given(before=st.lists(AREAS), after=st.lists(AREAS))
def test_a_list_taken_twice_changes_nothing_the_second_time(
    before: list[AreaRow], after: list[AreaRow]
) -> None:
    known = {area.code: area for area in before}
    rows = list({area.code: area for area in after}.values())
    changes = compare(rows, known)
    known |= {area.code: area for area in changes.added}
    known |= {change.area.code: change.area for change in (*changes.changed, *changes.closed)}

    assert compare(rows, known).counts() == {
        "added": 0,
        "changed": 0,
        "closed": 0,
        "unchanged": len(rows),
    }


def _county() -> AreaRow:
    return AreaRow("331081", Level.COUNTY, "温岭市")


def _township() -> AreaRow:
    return AreaRow("331081012", Level.TOWNSHIP, "新桥镇")


def _village(number: str) -> AreaRow:
    return AreaRow(f"331081012{number}", Level.VILLAGE, f"第{number}村")


days = st.dates(date(2026, 1, 1), date(2026, 1, 9))


@given(days, st.none() | days, st.none() | days)
def test_an_area_is_in_use_from_its_first_day_through_its_last(
    day: date, first: date | None, last: date | None
) -> None:
    assert in_use_on(day, first, last) is ((first or date.min) <= day <= (last or date.max))
