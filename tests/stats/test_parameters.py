"""Numbers that parametrise a method: what must be whole, or lie somewhere, is refused by its name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from anlan import stats

SERIES = np.random.default_rng(1).poisson(6, 300)
PANEL = np.random.default_rng(3).poisson(20, (6, 36))
PLACES = np.arange(12.0).reshape(6, 2)
TRIANGLE = [[8, 4], [9, np.nan]]

WHOLE: list[tuple[str, Callable[[Any], Any]]] = [
    *(
        (name, lambda value, name=name: stats.Farrington(**{name: value}).fit(SERIES, [299]))
        for name in ("years", "half_window", "periods", "skip", "steps")
    ),
    ("baseline", lambda value: stats.Ears(baseline=value).fit(SERIES, [299])),
    *(
        (name, lambda value, name=name: stats.CountGlr(**{name: value}).fit(SERIES, [299]))
        for name in ("steps", "harmonics", "window")
    ),
    ("draws", lambda value: stats.Nowcast(draws=value).fit(TRIANGLE)),
    ("window", lambda value: stats.Nowcast(window=value).fit(TRIANGLE)),
    ("tests", lambda value: stats.recurrence_interval([0.1], tests=value)),
    ("change", lambda value: stats.InterruptedSeries(value).fit(SERIES)),
    ("season", lambda value: stats.InterruptedSeries(150, season=value).fit(SERIES)),
    ("harmonics", lambda value: stats.InterruptedSeries(150, harmonics=value).fit(SERIES)),
    ("lag", lambda value: stats.InterruptedSeries(150, lag=value).fit(SERIES)),
    ("change", lambda value: stats.LocalLevel(value).fit(SERIES)),
    ("change", lambda value: stats.DifferenceInDifferences(value).fit(PANEL, [1, 1, 0, 0, 0, 0])),
    ("block", lambda value: stats.DifferenceInDifferences(18, block=value).fit(PANEL, [1, 1, 0, 0, 0, 0])),
    ("treated", lambda value: stats.SyntheticControl(18).fit(PANEL, value)),
    ("number", lambda value: stats.ComparisonPlaces(18, number=value).fit(PANEL, 0, PLACES)),
    ("before", lambda value: stats.power_before_start(20, value, 24, -30)),
    ("permutations", lambda value: stats.knox(PLACES, range(6), distance=3, interval=2, permutations=value)),
    ("replications", lambda value: stats.Design(replications=value)),
    ("complete", lambda value: stats.response_rate(value)),
]


@pytest.mark.parametrize("value", [30.5, "30", True])
@pytest.mark.parametrize(("name", "call"), WHOLE)
def test_what_must_be_whole_is_refused_where_it_is_not(name, call, value) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value!r}; give a whole number"):
        call(value)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: stats.InterruptedSeries(150, lag=-1).fit(SERIES), "lag is -1; give 0 or more periods"),
        (lambda: stats.InterruptedSeries(150, harmonics=-1).fit(SERIES), "harmonics is -1; give 0 or more"),
        (
            lambda: stats.DifferenceInDifferences(18, block=0).fit(PANEL, [1, 1, 0, 0, 0, 0]),
            "block is 0; give 1 or more periods",
        ),
        (lambda: stats.ComparisonPlaces(18, number=0).fit(PANEL, 0, PLACES), "number is 0, half_year 6"),
        (lambda: stats.power_before_start(20, 48, 0, -30), "after is 0; give 1 or more periods"),
        (lambda: stats.power_before_start(-1, 48, 24, -30), "events_per_period is -1; give a number above 0"),
        (lambda: stats.Nowcast(draws=0).fit(TRIANGLE), "draws is 0 and window None; give 1 or more"),
        (lambda: stats.funnel_limits([1, 2], [3, 4], levels=0.95), "levels is 0.95; give a list"),
        (lambda: stats.funnel_limits([], []), "counts holds no place"),
        (lambda: stats.rate_text([1, 2], [3, 4]), "give one count and one exposure"),
        (lambda: stats.Design([1, 2]).domains([1, 2], [1, 2], "median"), "statistic is 'median'; give"),
        (lambda: stats.poisson_interval(3, level="x"), "level is x; give a number between 0 and 1"),
        (lambda: stats.Farrington(past_weights=np.nan).fit(SERIES, [299]), "past_weights is nan; give"),
        (lambda: stats.PlaneDensity("x").fit(PLACES), "bandwidth is 'x'; give a number above 0"),
        (
            lambda: stats.placebo_dates(stats.InterruptedSeries(150), SERIES, dates=[60.5]),
            "dates must hold whole row numbers",
        ),
        (
            lambda: stats.knox(PLACES, range(6), distance="x", interval=2),
            "distance and interval must hold numbers only",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(call, says) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("rng", [-1, 1.5, "x"])
def test_a_seed_that_is_none_is_refused_everywhere(rng) -> None:
    for call in (
        lambda: stats.PoissonScan(rng=rng).fit(PLACES, PANEL[:, :4], geometry="plane"),
        lambda: stats.scan_each(stats.PoissonScan(rng=rng), []),
        lambda: stats.knox(PLACES, range(6), distance=3, interval=2, rng=rng),
        lambda: stats.Nowcast(rng=rng).fit(TRIANGLE),
    ):
        with pytest.raises(ValueError, match=r"rng is .*; give a seed \(a whole number from 0\)"):
            call()
