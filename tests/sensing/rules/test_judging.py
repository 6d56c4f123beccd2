"""Rules over readings: the same however readings are cut into batches, and what each kind finds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anlan.base.clock import EPOCH
from anlan.sensing.rules.judging import LONG_AGO, judge, judge_sites, spans
from anlan.sensing.rules.lanes import in_lanes
from anlan.sensing.rules.repairing import UNREPAIRED, Recorded, repair
from anlan.sensing.rules.silences import judge_silence
from anlan.sensing.rules.states import blank, changed, levels, width
from anlan.sensing.rules.terms import SEVERITIES, Level, Rule, RuleKind, RuleMode, Side, Transition
from anlan.sensing.terms import Colour
from tests.examples import examples

MINUTE = 60_000_000
LEVELS = (Level(Colour.YELLOW, 3.0, 2.5), Level(Colour.RED, 5.0, 4.0))
PARAMETERS = {
    RuleKind.RATE: {"over_seconds": 600},
    RuleKind.STUCK: {"tolerance": 0.1},
    RuleKind.BASELINE: {"learn": 3},
    RuleKind.CUSUM: {"learn": 4, "slack": 0.5},
    RuleKind.AGREEMENT: {"sensors": 2, "window_seconds": 300},
}
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)

type Reading = tuple[int, int, float]
"""Series, minute, value."""


def a_rule(kind: RuleKind = RuleKind.THRESHOLD, **facts: Any) -> Rule:
    given_ = {"levels": LEVELS, "parameters": PARAMETERS.get(kind, {}), **facts}
    return Rule("high", 1, "water-level", "level", kind, **given_)


def found(
    rule: Rule | Sequence[Rule], batches: Sequence[Sequence[Reading]], zone_us: int = 0
) -> tuple[list[tuple[int, int, Colour | None]], np.ndarray]:
    """(series, minute, severity) of what batch after batch changes, and the memory of all ten lanes."""
    rules = [rule] if isinstance(rule, Rule) else list(rule)
    states = blank(rules[0].kind, 10)
    last = np.full(10, LONG_AGO)
    out: list[Transition] = []
    for batch in batches:
        series, minutes, values = (np.array(part) for part in zip(*batch, strict=True))
        at = minutes.astype(np.int64) * MINUTE
        sites = np.zeros(len(series), np.int32)
        of_site = rules[0].kind is RuleKind.AGREEMENT
        lanes = in_lanes(series.astype(np.int32), at, values.astype(float), sites if of_site else None)
        mine, moved = last[lanes.key], states[lanes.key]
        if of_site:
            out += judge_sites(spans(rules), lanes, mine, moved)
        else:
            out += judge(spans(rules), lanes, mine, moved, zone_us)
        states[lanes.key] = moved
        last[lanes.key] = np.maximum(mine, lanes.at[lanes.ends - 1])
    keys = [each.series if each.series is not None else each.site for each in out]
    return [(key or 0, each.at // MINUTE, each.severity) for key, each in zip(keys, out, strict=True)], states


def severities(rule: Rule, values: Sequence[float], step: int = 1) -> list[tuple[int, Colour | None]]:
    """(minute, severity) of one series with a reading every `step` minutes."""
    readings = [(1, step * place, value) for place, value in enumerate(values)]
    return [(minute, severity) for _series, minute, severity in found(rule, [readings])[0]]


VALUES = st.sampled_from([0.0, 2.4, 2.6, 3.0, 3.5, 4.5, 5.0, 6.0])
READINGS = st.lists(st.tuples(st.integers(0, 3), VALUES), min_size=1, max_size=60).map(
    lambda rows: [(series, 3 * place, value) for place, (series, value) in enumerate(rows)]
)
WAITS = st.sampled_from([0, 120, 600])
WALKED = st.sampled_from([kind for kind in RuleKind if kind is not RuleKind.MISSING])
RULES = st.builds(a_rule, WALKED, hold_seconds=WAITS, clear_seconds=WAITS, side=st.sampled_from(Side))


@settings(max_examples=examples(30), deadline=None)
@given(RULES, READINGS, st.sets(st.integers(1, 59)))
def test_however_readings_are_cut_into_batches_the_same_is_found_and_remembered(
    rule: Rule, readings: list[Reading], cuts: set[int]
) -> None:
    bounds = [0, *sorted(cut for cut in cuts if cut < len(readings)), len(readings)]
    whole, remembered = found(rule, [readings])
    pieces, kept = found(rule, [readings[first:stop] for first, stop in pairwise(bounds)])
    assert sorted(whole, key=lambda each: each[:2]) == sorted(pieces, key=lambda each: each[:2])
    assert not changed(remembered, kept).any()


@settings(max_examples=examples(10), deadline=None)
@given(RULES, READINGS, st.randoms(use_true_random=False))
def test_duplicates_change_nothing(rule: Rule, readings: list[Reading], rng: Any) -> None:
    again = [*readings, *rng.sample(readings, len(readings) // 2)]
    whole, remembered = found(rule, [readings])
    twice, kept = found(rule, [again, again])
    assert whole == twice
    assert not changed(remembered, kept).any()


@settings(max_examples=examples(15), deadline=None)
@given(
    st.lists(st.floats(2.5, 2.999), min_size=1, max_size=30),
    st.sampled_from([0.0, 3.5]),
    WAITS,
    st.sampled_from(Side),
)
def test_inside_the_band_nothing_ever_changes(band: list[float], first: float, wait: int, side: Side) -> None:
    sign = 1 if side is Side.ABOVE else -1
    rule = a_rule(levels=(Level(Colour.YELLOW, sign * 3.0, sign * 2.5),), side=side, clear_seconds=wait)
    seen = severities(rule, [sign * value for value in (first, *band)])
    assert seen == ([(0, Colour.YELLOW)] if first > 3 else [])


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=40), st.integers(1, 6))
def test_a_level_counts_only_when_it_was_kept_for_the_hold_time(values: list[float], minutes: int) -> None:
    rule = a_rule(levels=LEVELS[:1], hold_seconds=60 * minutes)
    raised = [minute for minute, severity in severities(rule, values) if severity]
    for minute in raised:
        assert minute >= minutes and all(value >= 3.0 for value in values[minute - minutes : minute + 1])


def test_a_level_worsens_eases_and_ends_with_what_explains_it() -> None:
    rule = a_rule()
    readings = [(1, place, value) for place, value in enumerate((0, 3.2, 5.5, 4.5, 3.9, 2.6, 2.0))]
    assert [each[1:] for each in found(rule, [readings])[0]] == [
        (1, Colour.YELLOW), (2, Colour.RED), (4, Colour.YELLOW), (6, None),
    ]  # fmt: skip
    lanes = in_lanes(np.array([1], np.int32), np.array([0]), np.array([5.5]))
    one = judge(spans([rule]), lanes, np.array([LONG_AGO]), blank(rule.kind, 1))[0]
    assert one.values == {"value": 5.5, "measured": 5.5, "threshold": 5.0, "before": None, "late": False}


def test_a_rise_is_measured_over_its_span_and_ends_with_it() -> None:
    rule = a_rule(RuleKind.RATE, levels=(Level(Colour.ORANGE, 1.0, 0.5),))  # m an hour, over ten minutes
    rising = [1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3]
    assert severities(rule, rising, step=5) == [(20, Colour.ORANGE), (35, None)]
    falling = a_rule(RuleKind.RATE, levels=(Level(Colour.ORANGE, 1.0, 0.5),), side=Side.BELOW)
    assert severities(falling, rising, step=5) == []


def test_a_value_that_stays_is_stuck_until_it_moves() -> None:
    rule = a_rule(RuleKind.STUCK, levels=(Level(Colour.BLUE, 600, 600),))
    assert severities(rule, [1.0, 1.05, 0.98, 1.02, 1.5, 1.5], step=5) == [(10, Colour.BLUE), (20, None)]


def test_a_sum_of_small_deviations_is_noticed() -> None:
    rule = a_rule(RuleKind.CUSUM, levels=(Level(Colour.BLUE, 4, 1),))
    calm = [1.0, 1.2, 0.8, 1.0, 1.1, 0.9]
    seen = severities(rule, [*calm, *[1.3] * 8, *calm * 6])
    assert [severity for _, severity in seen] == [Colour.BLUE, None]


def test_an_hour_of_the_week_is_held_against_the_same_hour_of_weeks_before() -> None:
    rule = a_rule(RuleKind.BASELINE, levels=(Level(Colour.BLUE, 4, 2),))
    nights = [(1, week * 7 * 1440 + 60 * 3, 1.0 + 0.1 * (week % 2)) for week in range(6)]
    days = [(1, week * 7 * 1440 + 60 * 15, 9.0 + 0.1 * (week % 2)) for week in range(6)]
    known = sorted([*nights, *days], key=lambda each: each[1])
    busy_night = (1, 6 * 7 * 1440 + 60 * 3, 9.0)
    assert found(rule, [[*known, busy_night]])[0] == [(1, busy_night[1], Colour.BLUE)]


@settings(max_examples=examples(15), deadline=None)
@given(READINGS, st.integers(2, 4))
def test_a_site_is_abnormal_while_k_of_its_sensors_are(readings: list[Reading], least: int) -> None:
    rule = a_rule(
        RuleKind.AGREEMENT,
        levels=(Level(Colour.RED, 3.0, 3.0),),
        parameters={"sensors": least, "window_seconds": 900},
    )
    seen = {minute: severity for _, minute, severity in found(rule, [readings])[0]}
    newest: dict[int, tuple[int, float]] = {}
    stands = None
    for series, minute, value in readings:
        newest[series] = (minute, value)
        beyond = [at for at, held in newest.values() if held >= 3.0 and minute - at <= 15]
        stands = seen.get(minute, stands)
        assert (stands == Colour.RED) == (len(beyond) >= least)


def test_silence_is_counted_in_intervals_of_the_series_and_only_while_we_listened() -> None:
    rule = a_rule(RuleKind.MISSING, levels=(Level(Colour.BLUE, 3, 1), Level(Colour.YELLOW, 12, 12)))
    series, heard = np.array([1, 2], np.int32), np.array([0, 0]) * MINUTE
    interval, states = np.array([300.0, 3600.0]), blank(RuleKind.MISSING, 2)

    def at(minute: int, since: int = 0) -> list[tuple[int | None, Colour | None]]:
        ruled = judge_silence(spans([rule]), series, heard, interval, since * MINUTE, minute * MINUTE, states)
        return [(each.series, each.severity) for each in ruled]

    assert at(14) == []
    assert at(20, since=10) == []
    assert at(15) == [(1, Colour.BLUE)]
    assert at(60) == [(1, Colour.YELLOW)]
    heard[0] = 58 * MINUTE
    assert at(61) == [(1, None)]


def test_each_reading_is_judged_by_the_version_of_its_time() -> None:
    def since(minute: int, at: float, mode: RuleMode = RuleMode.LIVE) -> Rule:
        day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
        return a_rule(levels=(Level(Colour.RED, at, at),), in_force_from=day, mode=mode)

    readings = [(1, minute, 4.0) for minute in range(1, 9)]
    assert found([since(0, 5.0), since(3, 3.0)], [readings])[0] == [(1, 3, Colour.RED)]
    assert found([since(0, 3.0), since(3, 5.0)], [readings])[0] == [(1, 1, Colour.RED), (1, 3, None)]
    shadow_then_live = [since(0, 3.0, RuleMode.SHADOW), since(3, 3.0)]
    for cut in ([readings], [readings[:1], readings[1:4], readings[4:]]):
        assert found(shadow_then_live, cut)[0] == [(1, 1, Colour.RED), (1, 3, Colour.RED)]
    assert found([since(0, 3.0, RuleMode.OFF)], [readings])[0] == []


LEVELS_OF_KIND = {
    RuleKind.THRESHOLD: ((2.5, 1.0), (3.0, 2.5), (4.4, 2.5), (5.0, 4.0)),
    RuleKind.RATE: ((2, 1), (7, 5), (10, 5), (20, 15)),
    RuleKind.STUCK: ((60, 60), (200, 100), (500, 400), (1500, 900)),
}
SOME = st.sets(st.integers(0, 3), min_size=1)
LONG_WAITS = st.sampled_from([0, 60, 120, 600, 1300])


@st.composite
def versions_of_a_rule(draw: st.DrawFn) -> list[Rule]:
    """Up to three versions of a rule that is repaired, the later ones from some minute on."""
    kind = draw(st.sampled_from([kind for kind in RuleKind if kind not in UNREPAIRED]))
    begins = sorted(draw(st.sets(st.integers(1, 90), max_size=2)))
    found = []
    for minute in (None, *begins):
        levels_ = tuple(Level(SEVERITIES[each], *LEVELS_OF_KIND[kind][each]) for each in sorted(draw(SOME)))
        parameters = {"over_seconds": draw(st.sampled_from([60, 300, 600, 1800]))}
        since = None if minute is None else EPOCH + timedelta(minutes=minute)
        facts = {"parameters": parameters} if kind is RuleKind.RATE else {}
        waits = {"hold_seconds": draw(LONG_WAITS), "clear_seconds": draw(LONG_WAITS)}
        found.append(a_rule(kind, levels=levels_, in_force_from=since, **waits, **facts))
    return found


type Coming = tuple[int, float, int]
"""A reading: minutes after the one before it, its value, and its turn in coming."""
COMING = st.tuples(st.sampled_from([1, 2, 3, 5, 7, 15, 30]), VALUES, st.integers(0, 30))


@settings(max_examples=examples(40), deadline=None)
@given(versions_of_a_rule(), st.lists(COMING, min_size=2, max_size=20))
@example([a_rule(clear_seconds=120)], [(3, 5.0, 2), (3, 3.5, 0), (3, 3.0, 3), (3, 4.5, 1)])
@example(
    [a_rule(RuleKind.STUCK, hold_seconds=120)],
    [(3, 2.4, 3), (3, 2.4, 0), (3, 2.4, 4), (3, 6.0, 2), (3, 6.0, 1)],
)
def test_in_whatever_order_readings_come_the_record_ends_up_the_same(
    rules: list[Rule], readings: list[Coming]
) -> None:
    minutes = accumulate(gap for gap, _, _ in readings)
    ordered = [(minute * MINUTE, value) for minute, (_, value, _) in zip(minutes, readings, strict=True)]
    turns = [turn for _, _, turn in readings]
    versions, record, told = spans(rules), list[Recorded](), 0
    stored: dict[int, float] = {}
    last, state = LONG_AGO, blank(rules[0].kind, 1)
    for _, (at, value) in sorted(zip(turns, ordered, strict=True), key=lambda each: each[0]):
        stored[at] = value
        if at > last:
            lane = _lane([(at, value)])
            new = judge(versions, lane, np.array([last]), state)
            telling = new
            last = at
        else:
            whole = repair(versions, _lane(sorted(stored.items())), record, at, last)
            new, state, telling = [*whole.missed, *whole.new], whole.state, [*whole.telling, *whole.new]
        record += [Recorded(each.at, _level(each)) for each in new]
        for each in telling:
            told = _level(each)
        assert told == int(levels(state)[0])
    truth = blank(rules[0].kind, 1)
    wanted = [
        Recorded(each.at, _level(each))
        for each in judge(versions, _lane(ordered), np.array([LONG_AGO]), truth)
    ]
    assert _changes(record) == _changes(wanted)
    assert int(levels(state)[0]) == int(levels(truth)[0])


def test_a_level_that_a_new_version_has_no_more_ends_with_it_and_a_new_one_holds_below_a_worse() -> None:
    red = (Level(Colour.RED, 5.0, 4.0),)
    since = EPOCH + timedelta(minutes=3)
    only_red, both = a_rule(levels=red), a_rule(in_force_from=since)
    readings = [(1, 1, 6.0), (1, 2, 4.5), (1, 3, 4.5), (1, 4, 2.8)]
    assert found([only_red, both], [readings])[0] == [(1, 1, Colour.RED), (1, 4, Colour.YELLOW)]
    only_yellow = a_rule(levels=LEVELS[:1], in_force_from=since)
    assert found([only_red, only_yellow], [readings])[0] == [(1, 1, Colour.RED), (1, 3, Colour.YELLOW)]
    lanes = in_lanes(np.ones(2, np.int32), np.array([2, 3]) * MINUTE, np.array([6.0, 0.0]))
    dropped = judge(spans([only_red, only_yellow]), lanes, np.array([LONG_AGO]), blank(only_red.kind, 1))[1]
    assert dropped.values == {
        "value": 0.0, "measured": 0.0, "threshold": None, "before": "red", "late": False,
    }  # fmt: skip


def test_what_could_not_be_measured_lets_a_wait_begin_anew() -> None:
    rising = a_rule(RuleKind.RATE, levels=(Level(Colour.ORANGE, 1.0, 0.5),), hold_seconds=300)
    readings = [(1, 0, 1.0), (1, 9, 2.0), (1, 60, 9.0), (1, 66, 10.0), (1, 71, 11.0)]
    assert found(rising, [readings])[0] == [(1, 71, Colour.ORANGE)]


def _lane(readings: Sequence[tuple[int, float]]) -> Any:
    at, value = (np.array(part) for part in zip(*readings, strict=True))
    return in_lanes(np.ones(len(at), np.int32), at.astype(np.int64), value.astype(float))


def _level(each: Transition) -> int:
    return SEVERITIES.index(each.severity) + 1 if each.severity else 0


def _changes(record: Sequence[Recorded]) -> list[tuple[int, int]]:
    """What the record says, moment by moment: of one moment the last line, and only where it changes."""
    said = {each.at: each.level for each in sorted(record, key=lambda each: each.at)}
    out, level = [], 0
    for at in sorted(said):
        if said[at] != level:
            level = said[at]
            out.append((at, level))
    return out


def test_every_kind_has_a_memory_of_its_width() -> None:
    for kind in RuleKind:
        assert blank(kind, 3).shape == (3, width(kind))
