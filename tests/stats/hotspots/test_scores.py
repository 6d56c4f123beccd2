"""Scores of a forecast of where, by hand and month after month."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from anlan.stats import best_possible, hit_rate, last_year, pai, pei, rri, score_forecast, score_months
from anlan.stats._arrays import Integers


def test_the_scores_of_a_small_town_by_hand() -> None:
    # Ten cells, two chosen (20 %): 6 of 12 events, where the best two cells held 9.
    events = [4, 2, 5, 1, 0, 0, 0, 0, 0, 0]
    score = score_forecast(
        [9, 8, 0, 0, 0, 0, 0, 0, 0, 0], events, share=0.2, earlier=[4, 4, 4, 4, 0, 0, 0, 0, 0, 0]
    )
    found = (score.hit_rate, score.area_share, score.pai, score.pei, score.rri)
    assert found == pytest.approx((6 / 12, 0.2, 2.5, 6 / 9, (6 / 8) / (12 / 16)))


def test_the_single_indices_by_hand() -> None:
    assert (hit_rate(30, 120), pai(30, 120, 5, 100), pei(30, 40), rri(30, 40, 100, 80)) == (
        0.25,
        5,
        0.75,
        0.6,
    )


def test_a_month_without_events_has_no_scores() -> None:
    score = score_forecast([1, 2], [0, 0], share=0.5)
    assert (score.hits, score.hit_rate, score.pai, score.pei, score.rri) == (0, None, None, None, None)


def test_large_cells_use_up_the_area() -> None:
    assert score_forecast([3, 2, 1], [1, 1, 1], share=0.5, area=[4, 1, 5]).hits == 2


def test_the_best_possible_has_an_efficiency_of_one() -> None:
    events = np.random.default_rng(0).poisson(2, 40)
    assert score_forecast(best_possible(events), events, share=0.1).pei == 1


def test_last_year_is_the_last_twelve_months() -> None:
    assert last_year(np.ones((2, 30))).tolist() == [12, 12]


def test_a_forecast_never_sees_the_month_it_is_scored_on() -> None:
    seen: list[int] = []

    def forecast(past: object) -> Integers:
        seen.append(np.asarray(past).shape[1])
        return np.zeros(5, dtype=np.int64)

    score_months(np.ones((5, 15)), forecast, start=12, share=0.2)
    assert seen == [12, 13, 14]


def test_steady_hotspots_are_forecast_as_well_as_can_be() -> None:
    counts = np.repeat(np.array([50, 40, 1, 1, 1, 1, 1, 1, 1, 1])[:, None], 24, axis=1)
    table = score_months(counts, last_year, share=0.2).to_frame()
    assert table.select("method", "pei").rows() == [
        ("forecast", 1.0),
        ("last year", 1.0),
        ("best possible", 1.0),
    ]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: hit_rate(1, 0), "at least one event"),
        (lambda: pai(1, 2, 5, 4), "0 < area <= whole"),
        (lambda: pei(5, 4), "0 <= hits <= best_hits"),
        (lambda: rri(1, 0, 1, 1), "must be above 0"),
        (lambda: score_forecast([1, 2], [1, 2, 3]), "forecast has shape"),
        (lambda: score_forecast([1, 2], [1, 2], area=[1, 0]), "leave that cell out"),
        (lambda: score_forecast([], []), "there are no cells"),
        (lambda: score_forecast([1], [1], share=2), "share is 2"),
        (lambda: score_months(np.ones((2, 5)), last_year, start=5), "give a month between 1 and 4"),
        (lambda: score_months(np.ones((2, 15)), lambda past: [1.0]), "forecast has shape"),
    ],
)
def test_impossible_scores_are_refused(call: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()  # type: ignore[operator]


counts = hnp.arrays(np.int64, 20, elements=st.integers(0, 9))


@settings(deadline=None)
@given(forecast=counts, events=counts, share=st.floats(0.05, 0.9))
def test_no_forecast_beats_the_best_possible(forecast: Integers, events: Integers, share: float) -> None:
    score = score_forecast(forecast, events, share=share)
    assert score.pei is None or 0 <= score.pei <= 1


@settings(deadline=None)
@given(forecast=st.permutations(range(20)), events=counts, seed=st.integers(0, 99))
def test_the_order_of_cells_does_not_matter(forecast: list[int], events: Integers, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(20)
    one, other = (
        score_forecast(forecast, events, share=0.2),
        score_forecast(np.array(forecast)[order], events[order], share=0.2),
    )
    assert one == other


@pytest.mark.parametrize("seed", range(5))
def test_the_indices_are_their_definitions_with_the_best_cells_found_among_all_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forecast, events, earlier = rng.permutation(8), rng.poisson(3, 8), rng.poisson(3, 8) + 1
    chosen = sorted(range(8), key=lambda cell: -forecast[cell])[:3]
    best = max(events[list(cells)].sum() for cells in combinations(range(8), 3))
    found = score_forecast(forecast, events, share=3 / 8, earlier=earlier)
    hits = events[chosen].sum()
    assert found.hits == hits and found.hit_rate == pytest.approx(hits / events.sum())
    assert found.pai == pytest.approx(hits / events.sum() / (3 / 8))
    assert found.pei == pytest.approx(hits / best)
    assert found.rri == pytest.approx(hits / earlier[chosen].sum() / (events.sum() / earlier.sum()))
