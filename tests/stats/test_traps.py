"""The traps of docs/stats/traps.md: for each, numbers that mislead, and the guard that does not let them."""

from datetime import date, timedelta

import numpy as np

from anlan.stats import (
    EmpiricalBayes,
    Farrington,
    InterruptedSeries,
    Nowcast,
    change_percent,
    false_discovery,
    holiday_columns,
    is_small,
    rate_ratio,
    rate_text,
    regression_to_mean,
    weighted_displacement_difference,
)


def test_regression_to_the_mean_places_picked_for_being_bad_improve_by_themselves() -> None:
    rng = np.random.default_rng(1)
    rates = rng.gamma(3, 2, 300)
    before, after = rng.poisson(rates), rng.poisson(rates)  # nothing was done anywhere
    picked = before >= np.quantile(before, 0.9)
    naive = change_percent(before[picked].sum(), after[picked].sum())
    assert naive.exact[1] < 0  # "a clear success"
    assert regression_to_mean(before, after, picked).effect.holds_zero


def test_changed_denominators_more_residents_are_not_more_danger() -> None:
    naive, told = change_percent(200, 260), change_percent(200, 260, 100_000, 135_000)
    assert naive.exact[0] > 0
    assert told.exact[0] < 0 < told.exact[1]


def test_changed_recording_a_new_channel_is_a_step_that_a_covariate_takes() -> None:
    rng = np.random.default_rng(2)
    hotline = (np.arange(312) >= 230).astype(float)
    series = rng.poisson(6 * np.exp(0.7 * hotline))
    naive = Farrington(trend=False).fit(series, range(250, 312)).alarm_.mean()
    told = Farrington(trend=False).fit(series, range(290, 312), hotline).alarm_.mean()
    assert naive > 0.25 and told < 0.15


def test_recording_delay_the_last_weeks_seem_to_fall() -> None:
    rng = np.random.default_rng(3)
    triangle = rng.multinomial(np.full(30, 40), [0.4, 0.3, 0.2, 0.1]).astype(float)
    for late in range(1, 4):
        triangle[-late, late:] = np.nan
    recorded = np.nansum(triangle, axis=1)
    model = Nowcast(rng=1).fit(triangle)
    assert change_percent(recorded[-2], recorded[-1]).percent < -20  # type: ignore[operator]
    assert recorded[-1] < 25
    assert model.lower_[-1] <= 40 <= model.upper_[-1]


def test_many_looks_among_a_thousand_quiet_series_dozens_alarm_and_none_stands() -> None:
    series = np.random.default_rng(4).poisson(5, (1000, 212))
    model = Farrington(bound="negbin").fit(series, [211])
    assert model.alarm_.sum() >= 15
    assert false_discovery(model.p_value_).stands.sum() <= 1


def test_choice_of_base_year_the_worst_year_makes_any_programme_a_success() -> None:
    yearly = np.array([52, 47, 76, 55, 49, 51])  # the third is the base that was chosen
    worst, usual = change_percent(76, 51), rate_ratio(51, yearly[:5].sum(), 1, 5)
    assert worst.percent < -30 and worst.exact[1] < 0  # type: ignore[operator]
    assert usual.exact[0] < 1 < usual.exact[1]


def test_small_counts_twice_as_many_of_two_is_no_doubling() -> None:
    found = change_percent(2, 4)
    assert found.percent == 100 and found.exact[0] < -50
    assert bool(is_small(4))
    assert rate_text(4, 100_000).startswith("4 events, too few for a rate")
    smoothed = EmpiricalBayes().fit([4, 10, 30, 22], [10_000, 50_000, 160_000, 100_000])
    assert smoothed.rate_[0] < 4 / 10_000


def test_moving_holidays_the_festival_week_alarms_each_year_until_it_is_told() -> None:
    festivals = [date(2021, 2, 11), date(2022, 1, 31), date(2023, 1, 21), date(2024, 2, 9), date(2025, 1, 28)]
    festivals += [date(2026, 2, 16)]
    starts = [date(2020, 12, 28) + timedelta(weeks=k) for k in range(270)]
    days = [first + timedelta(days=k) for first in festivals for k in range(7)]
    off = holiday_columns(starts, {"Spring Festival": days})
    series = np.random.default_rng(5).poisson(8 * np.exp(1.2 * off[:, 0]))
    at = [int(np.argmax(off[260:, 0])) + 260]
    assert Farrington().fit(series, at).alarm_[0]
    assert not Farrington().fit(series, at, off).alarm_[0]


def test_displacement_a_fall_here_with_a_rise_next_door_is_less_than_it_seems() -> None:
    naive = change_percent(207, 110)
    moved = weighted_displacement_difference((308, 318), (207, 110), (150, 140), (150, 235))
    assert naive.exact[1] < 0
    assert moved.lower < 0 < moved.upper


def test_causal_words_an_interval_that_holds_zero_gets_cannot_tell() -> None:
    series = np.random.default_rng(6).poisson(4, 48)
    model = InterruptedSeries(36, slope=False).fit(series)
    assert "annot tell" in model.sentence("en")
    assert "caused" not in model.sentence("en")
