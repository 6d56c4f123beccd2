"""Weighted displacement: the paper's two examples to their digits, and the quotient by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats import displacement_quotient, poisson_interval, weighted_displacement_difference

PAPER = {
    "control": (308, 318),
    "treated": (207, 110),
    "displacement_control": (150, 140),
    "displacement": (178, 157),
}


def test_the_first_example_of_wheeler_and_ratcliffe() -> None:
    found = weighted_displacement_difference(**PAPER)
    numbers = (found.estimate, found.standard_error, found.lower, found.upper)
    assert numbers == pytest.approx((-118, 39.598, -195.611, -40.389), abs=5e-4)


def test_the_second_example_with_areas_of_different_size() -> None:
    found = weighted_displacement_difference(**PAPER, area_weights=(0.9, 1.2, 1.6, 1.5))
    assert (found.estimate, found.standard_error) == pytest.approx((-99.694, 35.428), abs=5e-4)


def test_five_years_before_and_one_after_are_weighed() -> None:
    found = weighted_displacement_difference((500, 90), (500, 80), time_weights=(5, 1))
    assert (found.estimate, found.standard_error) == pytest.approx((-10, (2 * 500 / 25 + 170) ** 0.5))


def test_limits_of_equal_weights_join_the_exact_ones_of_what_adds_and_what_takes_away() -> None:
    found = weighted_displacement_difference((8, 12), (9, 5), interval="gamma")
    added, taken = poisson_interval(8 + 5), poisson_interval(12 + 9)
    lower = -8 - ((13 - added.lower) ** 2 + (taken.upper - 21) ** 2) ** 0.5  # Zou & Donner 2008
    upper = -8 + ((added.upper - 13) ** 2 + (21 - taken.lower) ** 2) ** 0.5
    assert (found.estimate, found.lower, found.upper) == pytest.approx((-8, lower, upper))


def test_an_area_that_was_counted_and_had_no_event_makes_the_gamma_limits_less_sure() -> None:
    bare = weighted_displacement_difference((8, 12), (9, 5), interval="gamma")
    counted = weighted_displacement_difference(
        (8, 12), (9, 5), (0, 0), (0, 0), area_weights=(1, 1, 0.1, 0.1), interval="gamma"
    )
    assert counted.lower < bare.lower and counted.upper > bare.upper


def test_the_p_value_of_a_lopsided_interval_agrees_with_whether_it_holds_zero() -> None:
    found = [weighted_displacement_difference((0, 0), (n, 0), interval="gamma") for n in range(1, 30)]
    assert [one.p_value > 0.05 for one in found] == [one.holds_zero for one in found]


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(ValueError, match=r"interval is 'exact'; give \"normal\" or \"gamma\""):
        weighted_displacement_difference(**PAPER, interval="exact")  # type: ignore[arg-type]


def test_the_sentence_counts_events() -> None:
    assert weighted_displacement_difference(**PAPER).sentence("zh") == (
        "实施区与转移区合计，与各自对照区相比，事件数比预期少118起（95%区间：少196起到少40起）。"
    )


def test_the_quotient_by_hand() -> None:
    # (50/100 - 60/100) / (40/100 - 80/100): the surroundings gained a quarter of the fall.
    found = displacement_quotient((100, 100), (80, 40), (60, 50))
    assert found.quotient == pytest.approx(0.25)


def test_the_standard_error_of_the_quotient_follows_its_gradient() -> None:
    def quotient(c0: float, c1: float, t0: float, t1: float, d0: float, d1: float) -> float:
        return (d1 / c1 - d0 / c0) / (t1 / c1 - t0 / c0)

    counts = [120.0, 110.0, 80.0, 40.0, 60.0, 50.0]
    slopes = []
    for k in range(6):
        above, below = counts.copy(), counts.copy()
        above[k] += 1e-4
        below[k] -= 1e-4
        slopes.append((quotient(*above) - quotient(*below)) / 2e-4)
    by_hand = sum(slope**2 * count for slope, count in zip(slopes, counts, strict=True)) ** 0.5
    found = displacement_quotient(counts[:2], counts[2:4], counts[4:])
    assert found.standard_error == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize(
    ("around", "says"),
    [
        ((900, 500), "The surroundings fared better too"),
        ((900, 1100), "Some events may have moved"),
        ((900, 2500), "The surroundings lost more"),
        ((900, 910), "Cannot tell"),
    ],
)
def test_the_sentence_says_what_became_of_the_surroundings(around: tuple[int, int], says: str) -> None:
    assert displacement_quotient((1000, 1000), (900, 400), around).sentence("en").startswith(says)


def test_a_treated_area_that_cannot_be_told_from_its_control_tells_nothing_of_its_surroundings() -> None:
    found = displacement_quotient((100, 100), (80, 78), (60, 20))
    assert (found.told, found.lower, found.upper) == (False, -math.inf, math.inf)
    assert found.sentence("zh") == (
        "说不准事件有没有转移到周边：实施区自身与对照区的差别就说不准（转移商20.00，不可作准）。"
    )


def test_the_limits_of_the_quotient_are_where_a_difference_of_changes_is_just_sure() -> None:
    found = displacement_quotient((1000, 1000), (900, 400), (900, 1100))
    for q in (found.lower, found.upper):
        # d - q t per event of the control, its variance from Poisson counts
        difference = (1.1 - 0.9) - q * (0.4 - 0.9)
        by_control = (1.1 - q * 0.4) ** 2 + (0.9 - q * 0.9) ** 2
        variance = (1.1 + 0.9 + q**2 * (0.4 + 0.9) + by_control) / 1000
        assert abs(difference) == pytest.approx(1.959964 * variance**0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"control": (1, 2, 3)}, "two counts"),
        ({"control": (1, -2)}, "is negative"),
        ({"area_weights": (1, 1, 1, 0)}, "area_weights needs 4 numbers above 0"),
        ({"time_weights": (1,)}, "time_weights needs 2 numbers above 0"),
    ],
)
def test_impossible_counts_and_weights_are_refused(arguments: dict[str, tuple[int, ...]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        weighted_displacement_difference(**{**PAPER, **arguments})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("control", "treated", "says"),
    [((0, 5), (1, 2), "control had no events"), ((5, 5), (2, 2), "exactly as")],
)
def test_a_quotient_that_divides_by_nothing_is_refused(
    control: tuple[int, int], treated: tuple[int, int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        displacement_quotient(control, treated, (1, 1))


pair = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))


@settings(deadline=None)
@given(control=pair, treated=pair)
def test_exchanging_before_and_after_turns_the_difference_round(
    control: tuple[int, int], treated: tuple[int, int]
) -> None:
    one = weighted_displacement_difference(control, treated)
    other = weighted_displacement_difference(control[::-1], treated[::-1])
    assert (one.estimate, one.standard_error) == (-other.estimate, other.standard_error)


def test_the_error_of_the_quotient_is_that_of_its_slopes() -> None:
    """The delta method of Bowers & Johnson (2003), with slopes by differences."""
    counts = np.array([300.0, 320, 200, 120, 150, 170])

    def quotient(c0: float, c1: float, t0: float, t1: float, d0: float, d1: float) -> float:
        return (d1 / c1 - d0 / c0) / (t1 / c1 - t0 / c0)

    steps = np.eye(6) * 1e-3
    slopes = [(quotient(*(counts + step)) - quotient(*(counts - step))) / 2e-3 for step in steps]
    found = displacement_quotient(counts[:2], counts[2:4], counts[4:])
    assert found.quotient == pytest.approx(quotient(*counts))
    assert found.standard_error == pytest.approx(float(np.square(slopes) @ counts) ** 0.5, rel=1e-5)


def test_the_interval_of_the_quotient_holds_what_the_areas_do_not_contradict() -> None:
    """Fieller: at an end of it, displacement less so many times treated is 1.96 errors from nothing."""
    c0, c1, t0, t1, d0, d1 = 300.0, 320.0, 200.0, 120.0, 150.0, 170.0
    found = displacement_quotient((c0, c1), (t0, t1), (d0, d1))
    for end in (found.lower, found.upper):
        late, early = d1 - end * t1, d0 - end * t0
        variance = (
            (d1 + end**2 * t1) / c1**2 + late**2 / c1**3 + (d0 + end**2 * t0) / c0**2 + early**2 / c0**3
        )
        assert abs(late / c1 - early / c0) / variance**0.5 == pytest.approx(1.959964, rel=1e-5)
