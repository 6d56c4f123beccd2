"""Below the set number of events no bare rate is given."""

import numpy as np

from anlan.stats import bare_rate, is_small, rate_text


def test_a_bare_rate_needs_twenty_events() -> None:
    assert np.array_equal(bare_rate([19, 20], [100, 100]), [np.nan, 0.2], equal_nan=True)
    assert is_small([19, 20]).tolist() == [True, False]


def test_a_small_number_is_told_with_its_interval_and_without_a_rate() -> None:
    assert rate_text(2, 1_000_000) == "2 events, too few for a rate (95 % interval 0.02 to 0.72 per 100,000)"


def test_a_large_enough_number_is_told_with_rate_interval_and_count() -> None:
    assert rate_text(50, 1_000_000) == "5.00 per 100,000 (95 % interval 3.71 to 6.59; 50 events)"
