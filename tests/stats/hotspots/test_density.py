"""Densities keep every event: on the plane, and on streets however they meet."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats import PlaneDensity, StreetDensity, StreetGraph

STAR = StreetGraph.of([[0, 1], [1, 2], [1, 3], [1, 4]], [100, 100, 100, 100])
SQUARE = StreetGraph.of([[0, 1], [1, 2], [2, 3], [3, 0], [1, 4], [0, 0]], [60, 80, 60, 80, 30, 90])


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_density_on_the_plane_sums_to_its_events(kernel: str) -> None:
    axis = np.arange(-300, 300, 5.0)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    model = PlaneDensity(50, kernel=kernel).fit([[0, 0], [20, 10]], weights=[1, 2])  # type: ignore[arg-type]
    assert model.density(grid).sum() * 25 == pytest.approx(3, rel=1e-3)


def test_the_quartic_kernel_peaks_at_three_over_pi() -> None:
    assert PlaneDensity(2).fit([[0, 0]]).density([[0, 0], [2, 0]]).tolist() == pytest.approx(
        [3 / (4 * np.pi), 0]
    )


def test_no_events_give_no_density() -> None:
    assert PlaneDensity(2).fit([]).density([[0, 0]]).tolist() == [0]


def test_an_event_on_a_long_street_is_the_line_kernel() -> None:
    model = StreetDensity(20, spacing=1).fit(StreetGraph.of([[0, 1]], [100]), [0], [50])
    middles = (model.pieces_["start"] + model.pieces_["end"]) / 2 - 50
    line = np.where(np.abs(middles) < 20, 15 / 16 / 20 * (1 - (middles / 20) ** 2) ** 2, 0)
    np.testing.assert_allclose(model.density_, line, atol=1e-4)


def test_the_continuous_kernel_has_no_step_where_streets_meet() -> None:
    model = StreetDensity(60, spacing=0.1).fit(STAR, [0], [80])
    by_street = model.density_.reshape(4, 1000)
    ends = np.append(by_street[0, -1], by_street[1:, 0])
    assert np.ptp(ends) < 0.01 * ends.mean()


def test_the_discontinuous_kernel_is_shared_among_the_other_streets() -> None:
    model = StreetDensity(60, spacing=1, split="discontinuous").fit(STAR, [0], [80])
    beyond = model.density_.reshape(4, 100)[1:].sum(axis=1)
    assert beyond.tolist() == pytest.approx([beyond.sum() / 3] * 3)
    assert model.density_.sum() == pytest.approx(1)


def test_the_discontinuous_kernel_ends_at_a_dead_end() -> None:
    model = StreetDensity(60, spacing=1, split="discontinuous").fit(STAR, [0], [0])
    assert model.density_.sum() == pytest.approx(0.5)


@settings(deadline=None)
@given(
    events=st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), min_size=1, max_size=5),
    bandwidth=st.floats(5, 150),
    spacing=st.floats(3, 200),
)
def test_the_continuous_kernel_keeps_every_event_on_the_streets(
    events: list[tuple[int, float]], bandwidth: float, spacing: float
) -> None:
    edges = [edge for edge, _ in events]
    offsets = [share * SQUARE.lengths[edge] for edge, share in events]
    model = StreetDensity(bandwidth, spacing=spacing).fit(SQUARE, edges, offsets)
    assert model.density_ @ model.lengths_ == pytest.approx(len(events), rel=1e-3)


@given(offset=st.floats(0, 100), spacing=st.sampled_from([10.0, 25.0, 100.0]))
@settings(deadline=None)
def test_coarser_pieces_are_means_of_finer_ones(offset: float, spacing: float) -> None:
    fine = StreetDensity(60, spacing=5).fit(STAR, [1], [offset]).density_
    coarse = StreetDensity(60, spacing=spacing).fit(STAR, [1], [offset]).density_
    np.testing.assert_allclose(coarse, fine.reshape(len(coarse), -1).mean(axis=1), atol=1e-9)


@pytest.mark.parametrize(
    ("options", "edges", "offsets", "says"),
    [
        ({"bandwidth": 0}, [0], [1], "bandwidth is 0; give a number above 0"),
        ({"bandwidth": 5, "split": "half"}, [0], [1], "give 'continuous' or 'discontinuous'"),
        ({"bandwidth": 5}, [9], [1], "9 is no edge; there are edges 0 to 3"),
        ({"bandwidth": 5}, [0], [101], "101 at row 0 lies off its edge of 100"),
        ({"bandwidth": 5}, [0], [1, 2], "offsets has shape"),
    ],
)
def test_events_off_the_streets_are_refused(
    options: dict[str, object], edges: list[int], offsets: list[float], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        StreetDensity(**options).fit(STAR, edges, offsets)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ends", "lengths", "says"),
    [
        ([[0, 1]], [0], "is not above 0; leave that edge out"),
        ([[0, 1, 2]], [1], "give two nodes for each of 1 lengths"),
        ([[0, -1]], [1], "must hold node numbers"),
    ],
)
def test_streets_that_cannot_be_are_refused(ends: list[list[int]], lengths: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        StreetGraph.of(ends, lengths)


@pytest.mark.parametrize("options", [{"bandwidth": 0}, {"bandwidth": 1, "kernel": "flat"}])
def test_a_plane_kernel_that_cannot_be_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="give"):
        PlaneDensity(**options).fit([[0, 0]])  # type: ignore[arg-type]


def along_every_way(graph: StreetGraph, event: tuple[int, float], bandwidth: float, continuous: bool) -> Any:
    """The density of one event at any place, as Okabe, Satoh & Sugihara (2009) define it: the kernel of the
    length of every way to the place, times the split at every node that the way passes.
    """
    ends, lengths, ways = graph.ends.tolist(), graph.lengths.tolist(), []

    def split(node: int, came: tuple[int, int]) -> list[tuple[tuple[int, int], float]]:
        meeting = [(e, side) for e, pair in enumerate(ends) for side in (0, 1) if pair[side] == node]
        n = len(meeting)
        if continuous:
            return [(at, (2 - n) / n if at == came else 2 / n) for at in meeting]
        return [(at, 1 / (n - 1)) for at in meeting if at != came]

    def walk(edge: int, start: float, forward: bool, walked: float, share: float) -> None:
        ways.append((edge, start, forward, walked, share))
        far = walked + (lengths[edge] - start if forward else start)
        if far < bandwidth:
            side = int(forward)
            for (other, begin), part in split(ends[edge][side], (edge, side)):
                walk(other, lengths[other] * begin, begin == 0, far, share * part)

    for forward in (True, False):
        walk(event[0], event[1], forward, 0.0, 1.0)

    def at(edge: int, place: float) -> float:
        total = 0.0
        for on, start, forward, walked, share in ways:
            if on == edge and (place >= start if forward else place < start):
                scaled = (walked + abs(place - start)) / bandwidth
                total += share * 15 / 16 * max(1 - scaled**2, 0) ** 2 / bandwidth
        return total

    return at


@pytest.mark.parametrize("split", ["continuous", "discontinuous"])
@pytest.mark.parametrize("event", [(0, 12.0), (2, 40.0), (4, 3.0)])
def test_the_density_is_the_kernel_over_every_way_with_its_splits(
    split: Any, event: tuple[int, float]
) -> None:
    ends = [[0, 1], [1, 2], [2, 0], [1, 3], [3, 3], [0, 2]]  # a triangle, a second way, a loop, a dead end
    graph = StreetGraph.of([*ends, [2, 4]], [30, 45, 50, 20, 25, 60, 10])
    model = StreetDensity(bandwidth=100, spacing=5, split=split).fit(graph, [event[0]], [event[1]])
    density = along_every_way(graph, event, 100, split == "continuous")
    parts = (np.arange(40) + 0.5) / 40
    for piece, found in zip(model.pieces_.iter_rows(named=True), model.density_, strict=True):
        places = piece["start"] + parts * (piece["end"] - piece["start"])
        mean = np.mean([density(piece["edge"], place) for place in places])
        assert found == pytest.approx(mean, abs=2e-4)
