"""Bringing in incidents: whole, once, in blocks."""

from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.base.tables import Complaints, RowsRefused, read_table
from anlan.flows.import_incidents import IncidentCounts, IncidentList, count_incidents, import_incidents
from anlan.outcomes.incident_files import IncidentMapping, read_incidents
from anlan.store.models import Area, ImportRun, Incident
from tests import shared
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples

HEADER = "date,time,lng,lat,injured,killed\n"
ROWS = (
    "2020-09-24,0:05,-73.99,40.68,1,0\n"
    "2020-09-24,0:05,,,0,2\n"
    "2020-11-01,1:30,-70.0,40.68,0,0\n"
    "2020-09-24,0:05,-73.99,40.68,1,0\n"
)


def incident_list(text: str, source: str = "csv", zone: str = "America/New_York") -> IncidentList:
    complaints = Complaints()
    table = read_table("i.csv", text.splitlines(keepends=True), complaints)
    blocks = read_incidents(table, IncidentMapping(zone), complaints, block_rows=3)
    return IncidentList("collision", source, blocks, complaints)


def imported(text: str, **rest: Any) -> IncidentCounts:
    return import_incidents(
        acting_user=None, incident_list=incident_list(text, **rest), started_at=NOON, now=NOON
    )


@pytest.fixture
def square(cast: Cast) -> Area:
    """A county with a boundary around the first place."""
    around = shapely.MultiPolygon([shapely.box(-74.2, 40.5, -73.7, 40.9)])
    Area.objects.filter(code="990101").update(boundary=shapely.to_wkb(around))
    return cast.county_1


def test_rows_come_in_with_time_place_area_and_counts(square: Area) -> None:
    counts = imported(HEADER + ROWS)

    assert counts == IncidentCounts(
        rows=4, added=4, without_place=1, outside_areas=1, repeated=1, time_came_twice=1
    )
    columns = ("at", "area_id", "area_path", "lng", "lat", "injured", "killed", "kind", "source")
    stored = [(at.isoformat(), *rest) for at, *rest in Incident.objects.values_list(*columns)]
    here = (square.pk, square.path, -73.99, 40.68, 1, 0, "collision", "csv")
    assert sorted(stored, key=str) == sorted(
        [
            ("2020-09-24T04:05:00+00:00", *here),
            ("2020-09-24T04:05:00+00:00", *here),
            ("2020-09-24T04:05:00+00:00", None, "", None, None, 0, 2, "collision", "csv"),
            ("2020-11-01T05:30:00+00:00", None, "", -70.0, 40.68, 0, 0, "collision", "csv"),
        ],
        key=str,
    )


def test_the_same_rows_again_are_there_already_and_new_ones_are_added(square: Area) -> None:
    imported(HEADER + ROWS)

    counts = imported(HEADER + ROWS + "2020-09-25,0:05,,,0,0\n")
    assert (counts.added, counts.unchanged, Incident.objects.count()) == (1, 4, 5)


def test_another_source_is_another_list(square: Area) -> None:
    imported(HEADER + ROWS)

    assert imported(HEADER + ROWS, source="police").added == 4


def test_one_bad_row_keeps_everything_out(square: Area) -> None:
    with pytest.raises(RowsRefused) as refusal:
        imported(HEADER + ROWS + "2020-13-01,,,,,\n" + ROWS)

    assert [(bad.row, bad.column) for bad in refusal.value.rows] == [(6, "date")]
    assert not Incident.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_trial_counts_what_an_import_would_do(square: Area) -> None:
    counts = count_incidents(incident_list(HEADER + ROWS))

    assert (counts.added, Incident.objects.count()) == (4, 0)
    assert imported(HEADER + ROWS) == counts


def test_a_run_is_written_down_with_its_counts(square: Area) -> None:
    imported(HEADER + ROWS)

    assert ImportRun.objects.get().counts["without_place"] == 1


ROW = st.builds(
    "{},{},{},{},{},0\n".format,
    st.sampled_from(["2020-09-24", "2020-11-01"]),
    st.sampled_from(["0:05", "1:30"]),
    st.sampled_from(["", "-73.99", "-74"]),
    st.sampled_from(["", "40.68"]),
    st.integers(0, 2),
)


@given(st.lists(ROW, max_size=9))
@settings(
    max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whatever_the_rows_a_second_time_adds_nothing(square: Area, rows: list[str]) -> None:
    Incident.objects.all().delete()
    first = imported(HEADER + "".join(rows))
    again = imported(HEADER + "".join(rows))

    assert (first.added, again.added, Incident.objects.count()) == (len(rows), 0, len(rows))


@shared.needed
def test_the_collisions_of_new_york_come_in_whole(square: Area) -> None:
    path = shared.DATA / "nyc_collisions/nyc_motor_vehicle_collisions.csv"

    counts = imported(path.read_text())

    assert (counts.rows, counts.added, counts.repeated) == (1601, 1601, 2)
    assert imported(path.read_text()).unchanged == 1601
