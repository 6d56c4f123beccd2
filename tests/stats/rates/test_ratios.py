"""Ratios and changes of rates: R's numbers, symmetry, and what happens at zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.stats import change_percent, rate_ratio
from tests.stats.oracle_files import oracle

COUNTS = st.integers(0, 500)


def test_ratios_and_both_intervals_are_those_of_r() -> None:
    known = oracle("poisson_ratio_two")
    found = rate_ratio(*(known[name].to_numpy() for name in ("x1", "x2", "T1", "T2")))
    columns = ("ratio", "lo_exact", "hi_exact", "p_exact", "lo_midp", "hi_midp")
    values = (found.ratio, *found.exact, found.p_exact, *found.midp)
    for name, value in zip(columns, values, strict=True):
        assert np.allclose(value, known[name], rtol=1e-10, atol=1e-12), name


def test_drownings_in_taizhou_2016_against_2017() -> None:
    found = rate_ratio(76, 37)
    ends = [round(float(x), 3) for x in (found.ratio, *found.exact, *found.midp)]
    assert ends == [2.054, 1.369, 3.131, 1.393, 3.070]


def test_at_zero_the_two_methods_may_disagree_and_both_are_told() -> None:
    found = rate_ratio(0, 5)
    assert found.exact[1] > 1 > found.midp[1]
    assert found.p_exact == pytest.approx(0.0625) and found.p_midp == pytest.approx(0.03125)


def test_nothing_on_either_side_leaves_everything_open() -> None:
    found = rate_ratio(0, 0)
    assert np.isnan(found.ratio)
    assert (found.exact, found.midp, found.p_exact, found.p_midp) == ((0.0, np.inf), (0.0, np.inf), 1.0, 1.0)


@given(COUNTS, COUNTS, st.floats(0.01, 100), st.floats(0.01, 100))
def test_swapped_sides_invert_the_ratio_and_its_intervals(
    a: int, b: int, time_a: float, time_b: float
) -> None:
    found, swapped = rate_ratio(a, b, time_a, time_b), rate_ratio(b, a, time_b, time_a)
    with np.errstate(divide="ignore"):
        turned = [1 / np.float64(x) for x in (*swapped.exact[::-1], *swapped.midp[::-1])]
    assert np.allclose([*found.exact, *found.midp], turned, rtol=1e-7)
    assert found.p_midp == pytest.approx(swapped.p_midp)


@given(COUNTS, COUNTS, st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_exact_interval_holds_the_midp_one_and_that_the_ratio(
    a: int, b: int, time_a: float, time_b: float
) -> None:
    found = rate_ratio(a, b, time_a, time_b)
    assert found.exact[0] <= found.midp[0] <= found.midp[1] <= found.exact[1]
    if not np.isnan(found.ratio):
        assert found.midp[0] <= found.ratio * (1 + 1e-9)
        assert found.ratio <= found.midp[1] * (1 + 1e-9)


@given(COUNTS, st.integers(1, 500))
def test_the_midp_value_and_the_midp_interval_agree_on_one(a: int, b: int) -> None:
    found = rate_ratio(a, b)
    if abs(found.p_midp - 0.05) > 1e-9:
        assert (found.p_midp < 0.05) == (not found.midp[0] <= 1 <= found.midp[1])


def test_a_change_in_percent_is_the_ratio_of_after_to_before() -> None:
    found = change_percent(76, 37)
    ends = [round(x, 2) for x in (found.percent or 0, *found.exact, *found.midp)]
    assert ends == [-51.32, -68.06, -26.97, -67.43, -28.21]


def test_a_change_takes_the_exposure_of_each_side() -> None:
    assert change_percent(100, 100, exposure_before=1.0, exposure_after=2.0).percent == pytest.approx(-50)


def test_from_zero_there_is_no_percentage_and_the_counts_speak() -> None:
    found = change_percent(0, 3)
    assert (found.before, found.after, found.percent, found.exact[1]) == (0, 3, None, np.inf)
    assert "-" in str(found)


def test_a_change_of_many_places_is_sent_to_the_ratio() -> None:
    with pytest.raises(ValueError, match="give one number each; for many places use rate_ratio"):
        change_percent([1, 2], 3)  # type: ignore[arg-type]


def test_base_counts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"base_count has shape \(3,\) but the counts have \(2,\)"):
        rate_ratio([1, 2], [1, 2, 3])


def test_the_result_prints_as_a_table() -> None:
    assert str(rate_ratio(76, 37)).splitlines()[0].split() == ["ratio", "method", "lower", "upper", "p_value"]
