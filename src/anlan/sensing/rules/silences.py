"""Missing data: how many of its own intervals a series has been silent, judged by the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.rules.judging import Out, Span, begin_anew, setting
from anlan.sensing.rules.lanes import Lanes, Moments
from anlan.sensing.rules.states import LEVELS, States
from anlan.sensing.rules.terms import Rule, RuleMode, Transition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


def judge_silence(
    versions: Sequence[Span],
    series: NDArray[np.int32],
    heard: Moments,
    interval: NDArray[np.float64],
    since: int,
    now: int,
    states: States,
) -> list[Transition]:
    """What changed of n series: `heard` when the last reading came, `interval` seconds between two.

    Before `since` we did not listen, so nothing counts as missed then. Times in microseconds since 1970.
    """
    silent = (now - np.maximum(heard, since)) / 1e6 / interval
    count = len(series)
    places = np.arange(count, dtype=np.int64)
    lanes = Lanes(series, places, places + 1, np.full(count, now, np.int64), np.maximum(silent, 0.0), series)
    found: list[Transition] = []
    for span in versions:
        if span.fresh:
            begin_anew(span, lanes, np.minimum(heard, now - 1), states)
        if span.rule.mode is not RuleMode.OFF and span.begins <= now < span.stops:
            found += _looked(span.rule, lanes, states, now)
    return found


def _looked(rule: Rule, lanes: Lanes, states: States, now: int) -> Iterator[Transition]:
    """What a look at the clock changes, in all lanes at once: as the compiled walk over a reading of each.

    The worker looks every minute; the compiled walk would keep numba in it for ever.
    """
    sign, ats, clears, hold, clear_after, _, _ = setting(rule)
    before = _worst(states)
    for level in range(LEVELS):
        if not np.isnan(ats[level]):
            beyond = sign * lanes.value >= sign * ats[level]
            back = sign * lanes.value < sign * clears[level]
            _switch(states, level, beyond, back, float(now), hold, clear_after)
    after = _worst(states)
    moved = np.flatnonzero(after != before)
    out = Out(len(moved))
    out.lane[:], out.place[:] = moved, moved
    out.before[:], out.after[:], out.measured[:] = before[moved], after[moved], lanes.value[moved]
    return out.transitions(rule, lanes, len(moved))


def _switch(
    states: States,
    level: int,
    beyond: NDArray[np.bool_],
    back: NDArray[np.bool_],
    t: float,
    hold: float,
    clear_after: float,
) -> None:
    """Move one level of all lanes, as `walking.switch` moves that of one."""
    on = states[:, level] > 0
    asks = np.where(on, back, beyond)
    timer = states[:, LEVELS + level]
    timer[~asks] = np.nan
    timer[asks & np.isnan(timer)] = t
    due = asks & (t - timer >= np.where(on, clear_after, hold))
    states[due, level] = np.where(on[due], 0.0, 1.0)
    timer[due] = np.nan


def _worst(states: States) -> NDArray[np.int8]:
    """The worst level that is on in each lane, 0 to 4."""
    on = states[:, :LEVELS] > 0
    return np.where(on.any(axis=1), LEVELS - np.argmax(on[:, ::-1], axis=1), 0).astype(np.int8)
