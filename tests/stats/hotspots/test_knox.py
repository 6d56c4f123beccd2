"""Space-time interaction: counted as the plain way counts, tested by permutation."""

import tracemalloc
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from anlan.stats import knox, mantel, near_repeats
from anlan.stats._arrays import Floats

HOMES = np.array([[0, 0], [1, 0], [100, 0], [101, 0], [200, 0], [201, 0]], dtype=float)
DAYS = np.array([0, 1, 50, 51, 90, 91], dtype=float)


def plain(points: Floats, times: Floats, distance: float, interval: float) -> tuple[int, int, int]:
    first, second = np.triu_indices(len(times), 1)
    near = np.hypot(*(points[first] - points[second]).T) <= distance
    soon = np.abs(times[first] - times[second]) <= interval
    return int((near & soon).sum()), int(near.sum()), int(soon.sum())


def clustered(events: int, seed: int) -> tuple[Floats, Floats]:
    """Events of which every second repeats the one before it, near and soon."""
    rng = np.random.default_rng(seed)
    points, times = rng.uniform(0, 1000, (events, 2)), rng.integers(0, 365, events).astype(float)
    points[1::2], times[1::2] = points[::2] + rng.normal(0, 5, (events // 2, 2)), times[::2] + 3
    return points, times


@settings(deadline=None)
@given(
    points=hnp.arrays(np.float64, (30, 2), elements=st.integers(0, 20)),
    times=hnp.arrays(np.float64, 30, elements=st.integers(0, 50)),
    distance=st.integers(0, 15),
    interval=st.integers(0, 40),
)
def test_pairs_are_counted_as_the_plain_way_counts_them(
    points: Floats, times: Floats, distance: int, interval: int
) -> None:
    found = knox(points, times, distance=distance, interval=interval, permutations=1, rng=0)
    counted = (found.observed, found.close_in_space, found.close_in_time)
    assert counted == plain(points, times, distance, interval)


def test_close_means_at_most_the_window() -> None:
    found = knox([[0, 0], [0.3, 0.0]], [0.0, 0.3], distance=0.1 + 0.2, interval=0.1 + 0.2, rng=0)
    assert found.observed == 1


def test_the_expected_number_is_the_product_of_the_margins() -> None:
    assert knox(HOMES, DAYS, distance=5, interval=2, rng=0).expected == pytest.approx(3 * 3 / 15)


def test_repeats_are_found() -> None:
    points, times = clustered(300, 1)
    assert knox(points, times, distance=20, interval=5, rng=0).p_value == 0.001


@pytest.mark.parametrize("interval", [3, 300])
def test_walking_either_list_of_close_pairs_gives_the_same_mean(interval: float) -> None:
    # Few pairs close in time: those are walked; many: those close in space. Both centre on the expected.
    rng = np.random.default_rng(2)
    points, times = rng.uniform(0, 100, (200, 2)), rng.integers(0, 365, 200)
    table = near_repeats(points, times, distances=[40], intervals=[interval], permutations=2000, rng=3)
    found = knox(points, times, distance=40, interval=interval, rng=3)
    assert table["expected"][0] == pytest.approx(found.expected, rel=0.02)
    assert table["p_value"][0] == pytest.approx(found.p_value, abs=0.05)


def test_windows_over_everything_take_no_memory_for_their_pairs() -> None:
    rng = np.random.default_rng(2)
    points, times = rng.uniform(0, 100, (6000, 2)), rng.integers(0, 365, 6000)
    tracemalloc.start()
    found = knox(points, times, distance=200, interval=400, permutations=1, rng=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.observed == found.close_in_space == found.close_in_time == found.pairs == 17_997_000
    assert peak < 20_000_000  # a list of the pairs would be 288 MB


def test_near_repeats_refuse_more_pairs_than_memory_is_kept_for() -> None:
    points = np.zeros((6400, 2))
    with pytest.raises(ValueError, match="20,476,800 pairs lie within the largest"):
        near_repeats(points, np.arange(6400), distances=[1], intervals=[1])


def test_the_same_seed_gives_the_same_p() -> None:
    points, times = clustered(100, 3)
    runs = {knox(points, times, distance=100, interval=20, rng=7).p_value for _ in range(3)}
    assert len(runs) == 1


def test_the_p_is_as_often_small_as_it_says() -> None:
    rng = np.random.default_rng(4)
    found = []
    for _ in range(300):
        points, times = rng.uniform(0, 10, (60, 2)), rng.integers(0, 90, 60)
        found.append(knox(points, times, distance=2, interval=10, permutations=99, rng=rng).p_value)
    assert abs(sum(p <= 0.1 for p in found) - 30) <= 3 * np.sqrt(27)


def test_the_order_of_events_does_not_matter() -> None:
    points, times = clustered(100, 5)
    order = np.random.default_rng(0).permutation(100)
    one = knox(points, times, distance=50, interval=10, rng=1)
    other = knox(points[order], times[order], distance=50, interval=10, rng=1)
    assert (one.observed, one.expected, one.p_poisson) == (other.observed, other.expected, other.p_poisson)


def test_mantel_finds_repeats_and_not_noise() -> None:
    points, times = clustered(80, 6)
    shuffled = np.random.default_rng(1).permutation(times)
    assert mantel(points, times, rng=0).p_value < 0.01 < mantel(points, shuffled, rng=0).p_value


def test_near_repeats_sort_pairs_into_bands() -> None:
    table = near_repeats(HOMES, DAYS, distances=[5, 105], intervals=[2, 60], rng=0)
    assert table.select("distance", "interval", "observed").rows() == [
        (5, 2, 3),
        (5, 60, 0),
        (105, 2, 0),
        (105, 60, 8),
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"points": [[0, 0]], "times": [1]}, "1 events make no pair"),
        ({"times": [1, 2]}, "times has 2 rows but points has 6"),
        ({"points": [[0, 0, 0]] * 6}, "give two coordinates"),
        ({"times": [0, 1, 2, 3, 4, np.nan]}, "times: nan at row 5"),
        ({"distance": -1}, "must be 0 or more"),
        ({"permutations": 0}, "give at least 1"),
    ],
)
def test_impossible_events_and_windows_are_refused(arguments: dict[str, object], says: str) -> None:
    given_: dict[str, object] = {"points": HOMES, "times": DAYS, "distance": 5, "interval": 2, **arguments}
    with pytest.raises(ValueError, match=says):
        knox(given_.pop("points"), given_.pop("times"), **given_)  # type: ignore[arg-type]


def test_bands_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="distances must rise"):
        near_repeats(HOMES, DAYS, distances=[5, 5], intervals=[2])


def test_mantel_refuses_points_that_are_all_one() -> None:
    with pytest.raises(ValueError, match="nothing to correlate"):
        mantel([[0, 0]] * 3, [1, 2, 3])


def events(seed: int, size: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 6, (size, 2)) * 50.0, rng.integers(0, 20, size).astype(float)


def test_near_repeats_are_the_pairs_of_each_band_and_what_all_orders_of_the_times_expect() -> None:
    points, times = events(3, 40)
    distances, intervals = [50.0, 100.0, 150.0], [2.0, 5.0]
    gaps = [
        (float(np.hypot(*(points[i] - points[j]))), abs(times[i] - times[j]))
        for i, j in combinations(range(40), 2)
    ]
    table = near_repeats(points, times, distances=distances, intervals=intervals, permutations=1999, rng=1)
    for row in table.iter_rows(named=True):
        inner = max([d for d in distances if d < row["distance"]], default=-1.0)
        sooner = max([t for t in intervals if t < row["interval"]], default=-1.0)
        near = [inner < gap <= row["distance"] for gap, _ in gaps]
        soon = [sooner < gap <= row["interval"] for _, gap in gaps]
        assert row["observed"] == sum(map(all, zip(near, soon, strict=True)))
        assert row["expected"] == pytest.approx(sum(near) * sum(soon) / len(gaps), rel=0.05)
        assert row["ratio"] == pytest.approx(row["observed"] / row["expected"])


def test_mantels_correlation_and_p_are_those_of_all_orders_of_the_times() -> None:
    points, times = events(5, 6)
    pairs = list(combinations(range(6), 2))
    near = [1 / (np.hypot(*(points[i] - points[j])) + 20) for i, j in pairs]

    def correlation(order: Any) -> float:
        return float(
            np.corrcoef(near, [1 / (abs(times[order[i]] - times[order[j]]) + 2) for i, j in pairs])[0, 1]
        )

    seen = correlation(range(6))
    every = np.mean([correlation(order) >= seen - 1e-12 for order in permutations(range(6))])
    found = mantel(points, times, distance=20, interval=2, permutations=1999, rng=1)
    assert found.correlation == pytest.approx(seen)
    assert found.p_value == pytest.approx(every, abs=4 * (every * (1 - every) / 1999) ** 0.5 + 1e-3)
