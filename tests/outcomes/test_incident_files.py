"""Lists of incidents: columns, clocks, places."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.base.tables import Complaints, read_table
from anlan.outcomes.incident_files import IncidentBlock, IncidentMapping, read_incidents
from anlan.outcomes.local_times import LocalTimes
from anlan.places.terms import Crs

NEW_YORK = IncidentMapping("America/New_York")


def read(
    text: str, mapping: IncidentMapping = NEW_YORK, complaints: Complaints | None = None
) -> list[IncidentBlock]:
    complaints = complaints or Complaints()
    table = read_table("i.csv", text.splitlines(keepends=True), complaints)
    return list(read_incidents(table, mapping, complaints, block_rows=3))


def moments(block: IncidentBlock) -> list[datetime]:
    return [datetime.fromtimestamp(at / 1e6, UTC) for at in block.at.tolist()]


def test_rows_are_read_with_the_clock_of_their_zone() -> None:
    (block,) = read("date;time;lng;lat;injured;killed\n2020-09-24;0:05;-73.99842;40.689857;1;0\n")

    assert moments(block) == [datetime(2020, 9, 24, 4, 5, tzinfo=UTC)]
    assert (block.lng.tolist(), block.lat.tolist()) == ([-73.99842], [40.689857])
    assert (block.injured.tolist(), block.killed.tolist()) == ([1], [0])


def test_columns_with_other_names_and_orders_are_mapped() -> None:
    mapping = IncidentMapping("Asia/Shanghai", {"date": "CRASH DATE", "injured": "伤"}, date_order="mdy")

    (block,) = read("CRASH DATE,伤\n09/24/2020,3\n", mapping)

    assert (moments(block), block.injured.tolist()) == ([datetime(2020, 9, 23, 16, tzinfo=UTC)], [3])


def test_date_and_time_may_stand_in_one_column() -> None:
    (block,) = read("date\n2020-09-24 0:05\n2020-09-24T13:05:30\n2020-09-24\n")

    assert [at.strftime("%H:%M:%S") for at in moments(block)] == ["04:05:00", "17:05:30", "04:00:00"]


def test_rows_without_a_place_are_kept_and_counted() -> None:
    blocks = read(
        "date,lng,lat\n" + "2020-09-24,,\n2020-09-24,0,0\n2020-09-24,-73.9,\n2020-09-24,-73.9,40.7\n"
    )

    assert [len(block.at) for block in blocks] == [3, 1]
    assert sum(block.without_place for block in blocks) == 3


def test_a_wrong_cell_is_said_with_its_row_and_column() -> None:
    complaints = Complaints()
    mapping = IncidentMapping("America/New_York", {"date": "day"})
    read(
        "day,time,lng,lat,killed\n"
        "2020-02-30,0:00,,,0\n"
        "2020-02-28,25:00,,,0\n"
        "2020-02-28,1:00,500,40,0\n"
        "2020-02-28,1:00,,,-1\n",
        mapping,
        complaints,
    )

    assert [(bad.row, bad.column, bad.value) for bad in complaints.rows] == [
        (2, "day", "2020-02-30"),
        (3, "time", "25:00"),
        (4, "lng", "500"),
        (5, "killed", "-1"),
    ]


def test_points_on_the_mainland_need_their_system_named() -> None:
    text = "date,lng,lat\n2020-09-24,121.373611,28.368781\n"

    with pytest.raises(Refused, match="crs_missing"):
        read(text)
    (block,) = read(text, IncidentMapping("Asia/Shanghai", crs=Crs.GCJ02))
    assert block.lng[0] == pytest.approx(121.36922, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "mapping", "reason"),
    [
        ("day\n", NEW_YORK, "columns_missing"),
        ("date,lng\n", NEW_YORK, "columns_missing"),
        ("date\n", IncidentMapping("America/New_York", {"killed": "dead"}), "columns_missing"),
        ("date\n", IncidentMapping("America/New_York", {"names": "names"}), "field_unknown"),
        ("date\n", IncidentMapping("America/Nowhere"), "time_zone_unknown"),
        ("date\n", IncidentMapping("../etc/passwd"), "time_zone_unknown"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(text: str, mapping: IncidentMapping, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(text, mapping)


def test_the_hour_that_came_twice_and_the_one_that_never_came_are_told_apart() -> None:
    wall = ["2020-11-01T01:30", "2020-03-08T02:30", "2020-07-01T00:00", "2020-11-01T03:00"]
    seconds = [int(datetime.fromisoformat(f"{text}+00:00").timestamp()) for text in wall]

    zoned = LocalTimes("America/New_York").to_utc(np.array(seconds))

    assert [datetime.fromtimestamp(at, UTC).strftime("%m-%d %H:%M") for at in zoned.at.tolist()] == [
        "11-01 05:30",  # the first of the two
        "03-08 07:30",  # 03:30 on the clock that was put forward
        "07-01 04:00",
        "11-01 08:00",
    ]
    assert zoned.twice.tolist() == [True, False, False, False]
    assert zoned.never.tolist() == [False, True, False, False]


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
)
def test_a_clock_that_ran_on_is_read_as_the_zone_says(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0)
    times = LocalTimes(zone)
    zoned = times.to_utc(np.array([int(wall.replace(tzinfo=UTC).timestamp())]))
    if zoned.never[0]:
        return

    back = datetime.fromtimestamp(int(zoned.at[0]), UTC).astimezone(times.zone)

    assert (back.replace(tzinfo=None), back.fold) == (wall, 0)


CELLS = st.text(max_size=10) | st.sampled_from(["2020-09-24", "0:00", "1e400", "inf", "-0", "٣", "1_000"])


@given(st.lists(st.lists(CELLS, min_size=6, max_size=6).map(",".join), max_size=5).map("\n".join))
def test_rubbish_is_said_or_refused(rows: str) -> None:
    try:
        blocks = read("date,time,lng,lat,injured,killed\n" + rows)
    except Refused:
        return
    assert all(np.isfinite(block.at).all() for block in blocks)
