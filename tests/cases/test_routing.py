"""Which unit is responsible, and why."""

from dataclasses import dataclass

from anlan.cases.routing import Suggestion, suggest


@dataclass(frozen=True)
class Place:
    code: str
    kind: str
    area_path: str


COUNTY = Place("water-1", "agency", "c.1.")
TOWN = Place("office-11", "township_office", "c.1.11.")
OTHER_TOWN = Place("office-12", "township_office", "c.1.12.")
VILLAGE = Place("committee-111", "village_committee", "c.1.11.111.")


def test_the_unit_of_the_kind_with_the_smallest_area_that_holds_the_place() -> None:
    county_office = Place("office-1", "township_office", "c.1.")

    found = suggest("township_office", "c.1.11.111.", [county_office, OTHER_TOWN, TOWN, VILLAGE])

    reason = {"rule": "kind_in_area", "kind": "township_office", "area": "c.1.11."}
    assert found == Suggestion("office-11", reason)


def test_a_unit_named_by_the_category_comes_first() -> None:
    found = suggest("township_office", "c.1.11.111.", [TOWN], named=COUNTY)

    assert found == Suggestion("water-1", {"rule": "named_by_category"})


def test_two_units_that_share_an_area_are_told_apart_by_code() -> None:
    second = Place("office-11b", "township_office", "c.1.11.")

    found = suggest("township_office", "c.1.11.", [second, TOWN])

    assert found is not None
    assert found.unit_code == "office-11"


def test_without_such_a_unit_a_person_decides() -> None:
    assert suggest("post", "c.1.11.111.", [TOWN, VILLAGE]) is None
