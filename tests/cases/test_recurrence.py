"""Which closed case came back."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.recurrence import Earlier, earlier

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NORTH_50_M = 50 / 111_194.93


@dataclass(frozen=True)
class File:
    id: int = 1
    lng: float | None = 121.0
    lat: float | None = 28.0
    site_id: int | None = None
    closed_at: datetime | None = NOON - DAY


@dataclass(frozen=True)
class Reach:
    recurs_metres: int = 50
    recurs_days: int = 30


HERE = File(id=9)


@pytest.mark.parametrize(
    ("past", "found"),
    [
        (File(), Earlier(1, 0, 1)),
        (File(lat=28.0 + NORTH_50_M * 0.999), Earlier(1, 50, 1)),
        (File(lat=28.0 + NORTH_50_M * 1.02), None),
        (File(closed_at=NOON - 30 * DAY), Earlier(1, 0, 30)),
        (File(closed_at=NOON - 30 * DAY - timedelta(seconds=1)), None),
        (File(closed_at=NOON + DAY), None),
        (File(closed_at=None), None),
        (File(lng=None), None),
    ],
)
def test_the_bounds_in_metres_and_days_count_as_inside(past: File, found: Earlier | None) -> None:
    assert earlier(HERE, [past], Reach(), NOON) == found


def test_the_same_site_needs_no_point() -> None:
    spot = File(id=9, lng=None, lat=None, site_id=4)
    assert earlier(spot, [File(lng=None, lat=None, site_id=4)], Reach(), NOON) == Earlier(1, 0, 1)
    assert earlier(spot, [File(lng=None, lat=None, site_id=5)], Reach(), NOON) is None


def test_no_metres_means_never() -> None:
    assert earlier(HERE, [File()], Reach(recurs_metres=0), NOON) is None


def test_of_several_the_one_closed_last_and_then_the_nearest_came_back() -> None:
    near, old = File(id=2), File(id=3, closed_at=NOON - 9 * DAY)
    far = File(id=1, lat=28.0 + NORTH_50_M / 2)
    assert earlier(HERE, [old, far, near], Reach(), NOON) == Earlier(2, 0, 1)


@given(
    st.lists(st.tuples(st.floats(-0.001, 0.001), st.integers(-5, 40)), max_size=8),
    st.integers(0, 120),
    st.integers(0, 40),
)
def test_what_is_found_lies_within_both_bounds_and_wider_ones_find_it_too(
    places: list[tuple[float, int]], metres: int, days: int
) -> None:
    files = [
        replace(HERE, id=n, lat=28.0 + off, closed_at=NOON - ago * DAY) for n, (off, ago) in enumerate(places)
    ]
    found = earlier(HERE, files, Reach(metres, days), NOON)
    assert found is None or (found.metres <= metres and 0 <= found.days <= days)
    if found is not None:
        assert earlier(HERE, files, Reach(metres + 10, days), NOON) is not None
