"""How much one sender may send: so many messages a second in the long run, more for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

MICROSECONDS = 1_000_000
BURST_SECONDS = 100
"""Who was quiet for so long may send all of that at once."""


class Pace:
    """A bucket of tokens for each sender, known by a small whole number; `rate` in messages a second."""

    def __init__(self, rate: float) -> None:
        self._rate, self._burst = rate, rate * BURST_SECONDS
        self._left: dict[int, tuple[float, int]] = {}

    def too_many(self, sender: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of n messages in their order those that are beyond what their sender may send.

        `at` is when the broker took them (microseconds since 1970), so that what waited in it while nobody
        read is not held against anybody.
        """
        over = np.zeros(len(sender), np.bool_)
        if not len(sender):
            return over
        order = np.argsort(sender, kind="stable")
        known, starts = np.unique(sender[order], return_index=True)
        ends = np.append(starts[1:], len(sender))
        for one, start, end in zip(known.tolist(), starts.tolist(), ends.tolist(), strict=True):
            mine = order[start:end]
            allowed = self._take(one, len(mine), int(at[mine[0]]), int(at[mine[-1]]))
            if allowed < len(mine):
                over[mine[allowed:]] = True
        return over

    def _take(self, sender: int, wanted: int, first: int, last: int) -> int:
        """How many of `wanted` messages between `first` and `last` a sender may send."""
        left, since = self._left.get(sender, (self._burst, first))
        left = min(self._burst, left + self._rate * max(first - since, 0) / MICROSECONDS)
        left += self._rate * max(last - first, 0) / MICROSECONDS
        allowed = min(wanted, int(left))
        self._left[sender] = (min(left - allowed, self._burst), max(last, since))
        return allowed
