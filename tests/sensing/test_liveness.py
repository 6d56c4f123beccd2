"""Online, late, offline, muted: by each device's own interval, and only for what we would have heard."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anlan.sensing.liveness import LATE_AFTER, OFFLINE_AFTER, Seen, seen_now

NOW = 1_000_000.0
SECONDS = st.floats(0, 500_000)
INTERVALS = st.floats(1, 86_400)
BEFORE = st.sampled_from([Seen.NEVER, Seen.ONLINE, Seen.LATE, Seen.OFFLINE])


def state(
    silent: float,
    interval: float = 300,
    before: int = Seen.ONLINE,
    listened: float = 1e9,
    **flags: bool,
) -> Seen:
    found = seen_now(
        np.array([NOW - silent]),
        np.array([interval]),
        np.array([flags.get("says_off", False)]),
        np.array([flags.get("muted", False)]),
        np.array([before], dtype=np.int8),
        NOW - listened,
        NOW,
    )
    return Seen(found[0])


@given(SECONDS, INTERVALS, BEFORE, SECONDS)
def test_who_was_heard_in_time_is_online_whatever_was_before(
    silent: float, interval: float, before: Seen, listened: float
) -> None:
    if silent <= LATE_AFTER * interval:
        assert state(silent, interval, before, listened) is Seen.ONLINE


@given(SECONDS, INTERVALS, BEFORE, SECONDS)
def test_nobody_becomes_worse_for_silence_while_nobody_listened(
    silent: float, interval: float, before: Seen, listened: float
) -> None:
    if listened <= LATE_AFTER * interval:
        assert state(silent, interval, before, listened) <= max(before, Seen.ONLINE)


@given(SECONDS, SECONDS, INTERVALS, BEFORE, SECONDS)
def test_longer_silence_is_never_better(
    one: float, more: float, interval: float, before: Seen, listened: float
) -> None:
    assert state(one, interval, before, listened) <= state(one + more, interval, before, listened)


@given(SECONDS, INTERVALS, SECONDS)
def test_who_was_offline_stays_so_until_heard(silent: float, interval: float, listened: float) -> None:
    if silent > LATE_AFTER * interval:
        assert state(silent, interval, Seen.OFFLINE, listened) is Seen.OFFLINE


@given(SECONDS, INTERVALS, BEFORE)
def test_after_long_listening_the_interval_alone_decides(
    silent: float, interval: float, before: Seen
) -> None:
    expected = (
        Seen.OFFLINE
        if silent > OFFLINE_AFTER * interval
        else Seen.LATE
        if silent > LATE_AFTER * interval
        else Seen.ONLINE
    )
    assert state(silent, interval, before) == max(
        expected, before if silent > LATE_AFTER * interval else Seen.ONLINE
    )


def test_each_has_its_own_interval() -> None:
    arrays: dict[str, Any] = {
        "heard": np.array([NOW - 1000.0, NOW - 1000.0]),
        "interval": np.array([300.0, 3600.0]),
        "says_off": np.zeros(2, dtype=bool),
        "muted": np.zeros(2, dtype=bool),
        "before": np.zeros(2, dtype=np.int8),
    }
    assert seen_now(**arrays, listening_since=0, now=NOW).tolist() == [Seen.OFFLINE, Seen.ONLINE]


def test_muted_and_saying_off() -> None:
    assert state(0, says_off=True) is Seen.OFFLINE
    assert state(1e9, muted=True) is Seen.MUTED
    assert state(0, muted=True, says_off=True) is Seen.MUTED
