"""Bringing in areas: all or nothing, twice without change, with what changed written down."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction

from anlan.base.tables import Complaints, RowsRefused
from anlan.cases.terms import State
from anlan.flows.import_areas import AreaList, import_areas, preview_areas
from anlan.flows.import_runs import FileRead
from anlan.flows.manage_areas import end_area
from anlan.flows.turn_areas import turn_areas
from anlan.places.area_files import read_areas
from anlan.places.areas import ListedArea
from anlan.places.boundary_files import read_boundaries
from anlan.places.terms import Crs
from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    Device,
    ImportRun,
    Membership,
    Site,
    StaffEvent,
    Unit,
)
from anlan.store.readers.cases import find_case
from anlan.store.readers.places import area_index, known_areas
from anlan.store.readers.staff import acting_for
from tests import shared
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
YESTERDAY = NOON.date() - timedelta(days=1)
OLD = "code,name\n331000,台州市\n331021,玉环县\n331021100,大麦屿镇\n"
NEW = (
    "code,name,valid_from,valid_to,successor\n"
    "331021,玉环县,,2017-04-09,331083\n"
    "331021100,大麦屿镇,,2017-04-09,331083100\n"
    "331083,玉环市,2017-04-09,,\n"
    "331083100,大麦屿街道,2017-04-09,,\n"
)
SQUARE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"adcode": 331021}, '
    '"geometry": {"type": "Polygon", "coordinates": '
    "[[[121.0, 28.0], [121.4, 28.0], [121.4, 28.2], [121.0, 28.2], [121.0, 28.0]]]}}]}"
)
NOTHING = {"added": 0, "changed": 0, "closed": 0}


def listed(text: str, complaints: Complaints | None = None) -> list[ListedArea]:
    return read_areas("areas.csv", text.splitlines(keepends=True), complaints or Complaints())


def area_list(text: str = "", **rest: object) -> AreaList:
    return replace(AreaList(listed(text) if text else (), source="areas.csv"), **rest)  # type: ignore[arg-type]


def imported(given: AreaList) -> dict[str, int]:
    return import_areas(acting_user=None, area_list=given, now=NOON).counts()


def test_a_list_becomes_a_tree() -> None:
    assert imported(area_list(OLD)) == NOTHING | {"added": 3, "unchanged": 0}

    stored = Area.objects.order_by("path").values_list("code", "name", "level", "parent__code", "path")
    assert list(stored) == [
        ("331000", "台州市", "city", None, "331000."),
        ("331021", "玉环县", "county", "331000", "331000.331021."),
        ("331021100", "大麦屿镇", "township", "331021", "331000.331021.331021100."),
    ]


def test_the_same_list_again_changes_nothing_and_the_run_is_written_down() -> None:
    files = [FileRead("areas.csv", "ab" * 32)]
    imported(area_list(OLD, files=files))

    assert imported(area_list(OLD, files=files)) == NOTHING | {"unchanged": 3}
    runs = ImportRun.objects.order_by("id").values_list("kind", "file_name", "file_sha256", "counts__added")
    assert list(runs) == [("areas", "areas.csv", "ab" * 32, 3), ("areas", "areas.csv", "ab" * 32, 0)]


def test_yuhuan_became_a_city_with_another_code() -> None:
    imported(area_list(OLD))

    assert imported(area_list(NEW)) == {"added": 2, "changed": 0, "closed": 2, "unchanged": 0}
    county = Area.objects.get(code="331021")
    assert (county.valid_to, county.successor) == (date(2017, 4, 9), Area.objects.get(code="331083"))
    assert imported(area_list(NEW)) == NOTHING | {"unchanged": 4}
    changes = StaffEvent.objects.get(subject="area:331021", action="import").changes
    assert changes == {"valid_to": [None, "2017-04-09"], "successor": [None, "331083"]}


def test_one_bad_row_keeps_everything_out() -> None:
    complaints = Complaints()
    rows = listed(OLD + "33108x,坏\n331099123,孤镇\n", complaints)

    with pytest.raises(RowsRefused) as refusal:
        import_areas(acting_user=None, area_list=AreaList(rows, complaints=complaints), now=NOON)

    assert [(bad.row, bad.column) for bad in refusal.value.rows] == [(5, "code"), (6, "code")]
    assert not Area.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_preview_says_what_would_change_and_changes_nothing() -> None:
    imported(area_list(OLD))
    before = known_areas()

    changes = preview_areas(area_list(OLD.replace("大麦屿镇", "大麦屿街道")), NOON)

    assert [(change.area.code, change.fields) for change in changes.changed] == [
        ("331021100", {"name": ("大麦屿镇", "大麦屿街道")})
    ]
    assert known_areas() == before


def test_counties_without_a_row_for_their_city_get_one() -> None:
    counties = "code,name\n331002,椒江区\n"
    imported(area_list(counties))
    assert Area.objects.get(code="331000").name == "331000"

    assert imported(area_list(counties, city_name="台州市"))["changed"] == 1
    assert Area.objects.get(code="331000").name == "台州市"


def test_what_is_missing_stays_unless_a_last_day_is_given() -> None:
    imported(area_list(OLD))
    other = "code,name\n331083,玉环市\n"

    assert imported(area_list(other)) == NOTHING | {"added": 1, "unchanged": 0}
    assert imported(area_list(other, close_missing=date(2017, 4, 9)))["closed"] == 2
    assert list(Area.objects.exclude(valid_to=None).values_list("code", flat=True).order_by("code")) == [
        "331021",
        "331021100",
    ]


def test_a_boundary_is_stored_in_wgs84_with_the_system_it_came_in() -> None:
    imported(area_list(OLD))
    boundaries = read_boundaries("b.geojson", SQUARE, Complaints(), Crs.GCJ02)

    assert imported(area_list(boundaries=boundaries))["changed"] == 1
    assert imported(area_list(boundaries=boundaries))["unchanged"] == 1
    assert Area.objects.get(code="331021").boundary_crs == "gcj02"
    assert area_index().code_of(121.2, 28.1)[0] == "331021"


def test_a_boundary_of_an_unknown_area_is_refused() -> None:
    boundaries = read_boundaries("b.geojson", SQUARE, Complaints(), Crs.GCJ02)

    with pytest.raises(RowsRefused) as refusal:
        imported(area_list(boundaries=boundaries))
    assert [(bad.file, bad.row, bad.column, bad.value) for bad in refusal.value.rows] == [
        ("b.geojson", 1, "code", "331021")
    ]


MERGED = "code,name,valid_to,successor\n990101001201,荻花村,{day},990101001202\n"


def merged_on(day: date) -> AreaList:
    """A list in which village_111 goes on in village_112 after `day`."""
    return area_list(MERGED.format(day=day))


def where_all_of_it_is(case: Case) -> dict[str, set[str]]:
    """The codes of the areas in which what was in village_111 is."""
    unit = {"unit__code": "committee-111"}
    return {
        "units": set(Unit.objects.filter(code="committee-111").values_list("area__code", flat=True)),
        "roles": set(Membership.objects.filter(**unit).values_list("area__code", flat=True)),
        "sites": set(Site.objects.filter(code="pond-111").values_list("area__code", flat=True)),
        "devices": set(Device.objects.values_list("area__code", flat=True)),
        "cases": set(Case.objects.filter(pk=case.pk).values_list("area__code", flat=True)),
    }


def test_what_is_in_an_area_that_ends_goes_on_in_the_one_that_the_list_names(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    a_pond_gauge(cast)
    assert set(map(frozenset, where_all_of_it_is(case).values())) == {frozenset({"990101001201"})}

    imported(merged_on(YESTERDAY))

    assert set(map(frozenset, where_all_of_it_is(case).values())) == {frozenset({"990101001202"})}
    moved = CaseEvent.objects.get(step="moved")
    assert (moved.source, moved.changes) == ("system", {"area": ["990101001201", "990101001202"]})
    assert not Area.objects.get(code="990101001201").in_use
    assert find_case(acting_for(cast.alice.user), case.pk).area_path == cast.village_112.path


def test_a_list_leaves_the_city_as_an_administrator_does(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    with transaction.atomic():
        imported(merged_on(YESTERDAY))
        by_list = where_all_of_it_is(case), outcome()
        transaction.set_rollback(True)

    end_area(
        acting_user=cast.mia,
        code="990101001201",
        valid_to=YESTERDAY,
        successor_code="990101001202",
        seen=None,
        now=NOON,
    )

    assert (where_all_of_it_is(case), outcome()) == by_list


def outcome() -> list[tuple[object, ...]]:
    """How the areas stand, and what was written in the histories of cases."""
    columns = ("code", "in_use", "valid_to", "successor__code")
    events = CaseEvent.objects.filter(step="moved").values_list("case", "state_after", "changes")
    return [*Area.objects.order_by("code").values_list(*columns), *events]


@pytest.mark.parametrize("day", [NOON.date(), NOON.date() + timedelta(days=30)])
def test_a_last_day_to_come_ends_nothing_today(cast: Cast, day: date) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    before = where_all_of_it_is(case)

    assert imported(merged_on(day))["closed"] == 1

    assert where_all_of_it_is(case) == before
    assert Area.objects.get(code="990101001201").in_use
    turn_areas(acting_user=None, now=NOON + timedelta(days=(day - NOON.date()).days + 1))
    assert where_all_of_it_is(case)["cases"] == {"990101001202"}


def test_an_area_with_something_in_it_does_not_end_without_one_that_follows(cast: Cast) -> None:
    rows = "code,name,valid_to\n990101001201,荻花村,2026-01-01\n990102002202,梅坑村,2026-12-31\n"

    with pytest.raises(RowsRefused) as refusal:
        imported(area_list(rows))
    with pytest.raises(RowsRefused):
        preview_areas(area_list(rows), NOON)

    assert [(bad.row, bad.column, bad.value) for bad in refusal.value.rows] == [
        (2, "successor", "990101001201")
    ]
    assert Area.objects.get(code="990101001201").valid_to is None


def test_what_is_missing_does_not_end_while_something_is_in_it(cast: Cast) -> None:
    with pytest.raises(RowsRefused) as refusal:
        imported(area_list("code,name\n990101001202,渡头村\n", close_missing=date(2026, 1, 1)))

    assert [(bad.file, bad.value) for bad in refusal.value.rows] == [("--close-missing", "990101001201")]


def test_all_goes_on_in_the_last_one_of_a_chain(cast: Cast) -> None:
    rows = MERGED.format(day=YESTERDAY) + f"990101001202,渡头村,{YESTERDAY},990101002201\n"
    case = walked_to(State.IN_PROGRESS, cast, NOON)

    imported(area_list(rows))

    assert where_all_of_it_is(case)["cases"] == {"990101002201"}


def test_what_follows_is_there_on_the_day_after(cast: Cast) -> None:
    rows = "code,name,valid_from,valid_to,successor\n990101001201,荻花村,,2026-11-01,990101001209\n"

    with pytest.raises(RowsRefused) as refusal:
        imported(area_list(rows + "990101001209,新塘村,2026-11-03,,\n"))
    assert [(bad.row, bad.column) for bad in refusal.value.rows] == [(2, "successor")]
    imported(area_list(rows + "990101001209,新塘村,2026-11-02,,\n"))

    assert Unit.objects.get(code="committee-111").area.code == "990101001209"


@shared.needed
def test_all_of_taizhou_comes_in_with_its_islands() -> None:
    folder, complaints = shared.DATA / "taizhou_admin", Complaints()
    rows = [
        area
        for name in ("counties", "townships", "villages")
        for area in read_areas(
            name, (folder / f"taizhou_{name}.csv").read_text().splitlines(keepends=True), complaints
        )
    ]
    text = (folder / "taizhou_counties_datav_gcj02.geojson").read_text()
    boundaries = read_boundaries("counties", text, complaints, Crs.GCJ02)
    taizhou = AreaList(rows, boundaries, city_name="台州市", complaints=complaints)

    assert imported(taizhou)["added"] == 1 + 9 + 136 + 3429
    assert imported(taizhou) == NOTHING | {"unchanged": 1 + 9 + 136 + 3429}
    levels = {level: Area.objects.filter(level=level).count() for level in ("county", "township", "village")}
    assert levels == {"county": 9, "township": 136, "village": 3429}
    assert area_index().code_of(121.9, 28.46)[0] == "331002"  # an island of Dachen
