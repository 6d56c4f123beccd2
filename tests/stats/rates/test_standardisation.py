"""Direct and indirect standardisation: the published gamma interval, and ratios by hand."""

from typing import Any

import numpy as np
import pytest

from anlan.stats import poisson_interval, standardise

# Down's syndrome by maternal age (Fay & Feuer 1997, table II), bounds by R's epitools 0.5.
COUNTS = [45, 201, 320, 670, 1126, 3160, 9723, 17935, 22179, 13461, 2238]
PEOPLE = [906897, 3794573, 10003544, 10629526, 9465330, 8249558, 7294330, 5022499, 2920220, 1019504, 142532]
STANDARD = [
    1784033,
    7065148,
    15658730,
    10482916,
    9939972,
    10563872,
    9114202,
    6850263,
    4702482,
    1874619,
    330915,
]


def test_the_direct_rate_and_its_gamma_interval_are_those_of_r() -> None:
    found = standardise(COUNTS, PEOPLE, STANDARD)
    assert np.allclose(
        [found.crude, found.rate, found.lower, found.upper],
        [0.001195286415322, 0.001392505440219, 0.001382141258044, 0.001402937589873],
        rtol=1e-11,
    )


def test_one_stratum_has_the_exact_interval() -> None:
    found, exact = standardise([7], [100], [1]), poisson_interval(7, 100)
    assert np.allclose([found.rate, found.lower, found.upper], [exact.rate, exact.lower, exact.upper])


def test_no_event_has_a_rate_of_zero_and_an_upper_bound() -> None:
    found = standardise([0, 0], [100, 100], [1, 1])
    assert (found.rate, found.lower) == (0, 0) and found.upper == pytest.approx(
        poisson_interval(0, 200).upper
    )


def test_places_are_standardised_row_by_row() -> None:
    both = standardise([COUNTS, COUNTS[::-1]], [PEOPLE, PEOPLE], STANDARD)
    one = standardise(COUNTS[::-1], PEOPLE, STANDARD)
    assert np.allclose([x[1] for x in (both.rate, both.lower, both.upper)], [one.rate, one.lower, one.upper])  # type: ignore[index]


def test_the_indirect_ratio_is_observed_over_expected_with_its_exact_interval() -> None:
    found, exact = standardise([5, 20], [1000, 500], [0.01, 0.02], "indirect"), poisson_interval(25, 20)
    assert (found.observed, found.expected, found.ratio) == (25, 20, 1.25)
    assert (found.lower, found.upper) == (exact.lower, exact.upper)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1, 2], [1, 2, 3]), "do not fit; give counts and exposure (strata,)"),
        (([1, -2], [1, 2], [1, 2]), "counts: -2 at row 1 is negative"),
        (([1, np.nan], [1, 2], [1, 2]), "counts: nan at row 1 is not a finite number"),
        (([1, 2], [1, 0], [1, 2]), "exposure: 0 at row 1 is 0 though events happened"),
        (([1, 0], [1, 0], [1, 2]), 'exposure: 0 at row 1 is 0; join strata, or use "indirect"'),
        (([1, 2], [1, 2], [0, 0]), "standard is 0 everywhere"),
        (([0, 2], [0, 2], [1, 0], "indirect"), "no event is expected in a place"),
        (([1, 2], [1, 2], [1, 2], "both"), 'method is \'both\'; give "direct" or "indirect"'),
    ],
)
def test_wrong_input_is_told_what_would_be_right(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError) as error:
        standardise(*arguments)
    assert message in str(error.value)
