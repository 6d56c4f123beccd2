"""Whether devices are heard as often as their own intervals say.

A device is late after 1.5 of its intervals without a reading and offline after 3. Silence counts only while
we listened: after a restart, or while nothing could reach us, nobody is called late for what we missed, and
who was offline before stays so until heard. A device that says itself that it is off is offline at once.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


LATE_AFTER = 1.5
OFFLINE_AFTER = 3.0


class Seen(IntEnum):
    """A state in an array; NEVER is that of a device which no sweep has judged yet."""

    NEVER = 0
    ONLINE = 1
    LATE = 2
    OFFLINE = 3
    MUTED = 4


def seen_now(
    heard: NDArray[np.float64],
    interval: NDArray[np.float64],
    says_off: NDArray[np.bool_],
    muted: NDArray[np.bool_],
    before: NDArray[np.int8],
    listening_since: float,
    now: float,
) -> NDArray[np.int8]:
    """The states (Seen) of n devices at `now`.

    `heard` is when the newest reading was taken and `interval` how often one should come, in seconds; all
    arrays have length n. `before` is what the sweep before said, MUTED taken for ONLINE.
    """
    silent = now - heard
    missed = now - np.maximum(heard, listening_since)  # of the silence, what we would have heard
    states = np.full(len(heard), Seen.ONLINE, dtype=np.int8)
    states[missed > LATE_AFTER * interval] = Seen.LATE
    states[missed > OFFLINE_AFTER * interval] = Seen.OFFLINE
    unheard = silent > LATE_AFTER * interval
    was_worse = unheard & np.isin(before, (Seen.LATE, Seen.OFFLINE)) & (before > states)
    states[was_worse] = before[was_worse]
    states[says_off] = Seen.OFFLINE
    states[muted] = Seen.MUTED
    return states
