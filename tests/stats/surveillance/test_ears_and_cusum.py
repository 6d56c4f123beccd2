"""EARS and CUSUM: R's bounds and alarms on Salmonella Agona, and what always holds."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.stats import CountGlr, Cusum, Ears, Farrington
from tests.stats.oracle_files import oracle

AGONA = oracle("agona")["observed"].to_numpy()
COUNTS = st.lists(st.integers(0, 20), min_size=16, max_size=16)
METHODS = st.sampled_from(["C1", "C2", "C3"])
KINDS = st.sampled_from(["standard", "rossi", "anscombe"])


@pytest.mark.parametrize(("method", "alarms"), [("C1", 16), ("C2", 20), ("C3", 23)])
def test_ears_bounds_and_alarms_on_agona_are_those_of_r(method: Any, alarms: int) -> None:
    known, model = oracle("agona_ears"), Ears(method).fit(AGONA, range(19, 312))
    assert np.allclose(model.upper_, known[f"upper_{method}"], atol=1e-10)
    assert np.array_equal(model.alarm_, known[f"alarm_{method}"] == 1)
    assert model.alarm_.sum() == alarms


@pytest.mark.parametrize(("kind", "alarms"), [("standard", 18), ("rossi", 8), ("anscombe", 5)])
def test_cusum_bounds_and_alarms_on_agona_are_those_of_r(kind: Any, alarms: int) -> None:
    known, model = oracle("agona_cusum"), Cusum(kind).fit(AGONA, range(208, 312))
    assert np.allclose(np.minimum(model.upper_, 9e9)[:3], known[f"upper_{kind}"][:3], atol=1e-8)
    assert np.array_equal(model.alarm_, known[f"alarm_{kind}"] == 1)
    assert model.alarm_.sum() == alarms


@given(COUNTS, KINDS)
def test_a_cusum_alarms_from_its_upper_count_on(series: list[int], kind: Any) -> None:
    model = Cusum(kind).fit(series, range(8, 16))
    near = np.abs(np.array(series[8:]) - model.upper_) < 1e-9
    assert np.array_equal(model.alarm_[~near], (np.array(series[8:]) >= model.upper_)[~near])


@given(st.lists(COUNTS, min_size=2, max_size=4), METHODS, KINDS)
def test_results_are_finite_and_follow_the_order_of_the_series(series: Any, method: Any, kind: Any) -> None:
    array = np.array(series)
    for detector in (Ears(method), Cusum(kind)):
        there = detector.fit(array, [14, 15]).upper_
        back = detector.fit(array[::-1], [14, 15]).upper_
        assert np.isfinite(there).all()
        assert np.array_equal(there, back[::-1])


def test_a_least_deviation_keeps_a_flat_baseline_from_alarming_at_one_event() -> None:
    series = [0] * 10 + [1]
    assert Ears("C1").fit(series, [10]).alarm_[0]
    assert not Ears("C1", least_deviation=0.5).fit(series, [10]).alarm_[0]


@pytest.mark.parametrize(
    ("detector", "at", "message"),
    [
        (Ears("C1"), [6], "row 6 has 6 rows before it, but 7 are needed (C1 with a baseline of 7)"),
        (Ears("C2"), [8], "but 9 are needed"),
        (Ears("C3"), [10], "but 11 are needed"),
        (Ears("C4"), [20], "method is 'C4'"),  # type: ignore[arg-type]
        (Ears(baseline=1), [20], "baseline is 1; give at least 2 rows"),
        (Ears(alpha=0), [20], "alpha is 0"),
        (Ears(least_deviation=-1), [20], "least_deviation is -1"),
        (Cusum(), [0], "row 0 has 0 rows before it, but 1 are needed"),
        (Cusum("plain"), [20], "kind is 'plain'"),  # type: ignore[arg-type]
        (Cusum(h=0), [20], "give k of 0 or more and h above 0"),
    ],
)
def test_wrong_input_is_told_what_would_be_right(detector: Any, at: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        detector.fit(AGONA, at)
    assert message in str(error.value)


@pytest.mark.parametrize("model", [Ears("C2"), Cusum(), Farrington(), CountGlr()])
def test_rows_asked_for_in_any_order_are_answered_in_that_order(model: Any) -> None:
    rising = model.fit(AGONA, [300, 305, 310]).upper_.tolist()
    assert model.fit(AGONA, [310, 300, 305, 300]).upper_.tolist() == [rising[at] for at in (2, 0, 1, 0)]


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize(("mean", "size"), [(0.5, np.inf), (20.0, np.inf), (5.0, 3.0)])
def test_predictive_limits_of_ears_keep_their_level(method: Any, mean: float, size: float) -> None:
    rng = np.random.default_rng(2)
    wide = rng.gamma(size, 1 / size, (20_000, 12)) if np.isfinite(size) else np.ones((20_000, 12))
    series = rng.poisson(mean * wide)
    assert Ears(method, alpha=0.01, limit="predictive").fit(series, [11]).alarm_.mean() < 0.0121
    assert Ears(method, alpha=0.01).fit(series, [11]).alarm_.mean() > 0.02


@pytest.mark.parametrize("method", ["C1", "C2"])
def test_a_predictive_alarm_is_a_p_value_at_most_alpha(method: Any) -> None:
    series = np.random.default_rng(3).negative_binomial(2, 0.2, (500, 20))
    model = Ears(method, alpha=0.05, limit="predictive").fit(series, [18, 12])
    assert model.p_value_ is not None and model.alarm_.sum() > 0
    assert ((model.p_value_ <= 0.05) == model.alarm_).all()


def test_an_unknown_limit_of_ears_is_told_what_would_be_right() -> None:
    with pytest.raises(ValueError, match=r'limit is .t.; give "normal" or "predictive"'):
        Ears(limit="t").fit(np.ones(20), [19])  # type: ignore[arg-type]
