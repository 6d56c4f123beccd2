"""Times in which a clock stands still: joined where they overlap, laid out for many clocks at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from anlan.base.clock import Moments, micros
from anlan.base.errors import Refused
from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")

NEVER = 2**63 - 1
"""Where a case has fewer pauses than others of its list."""

PauseRow = tuple[Moments, Moments]
"""Beginnings and ends of one pause for each thing of a list, NEVER where it has none."""


class Pause(NamedTuple):
    """A time in which a clock stands still."""

    begins: datetime
    ends: datetime


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order of time, those that overlap made one.

    Raises Refused("pause_backwards"), Refused("zone_missing").
    """
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: (micros(each.begins), micros(each.ends))):
        if micros(pause.ends) < micros(pause.begins):
            raise Refused("pause_backwards", begins=pause.begins.isoformat(), ends=pause.ends.isoformat())
        if found and micros(pause.begins) < micros(found[-1].ends):
            found[-1] = Pause(found[-1].begins, max(found[-1].ends, pause.ends, key=micros))
        else:
            found.append(pause)
    return found


def pause_rows(pauses: Sequence[Sequence[Pause]]) -> list[PauseRow]:
    """The first pause of each list, then the second of each, and so on."""
    rows = []
    for place in range(max(map(len, pauses), default=0)):
        begins, ends = (
            np.array([micros(each[place][side]) if place < len(each) else NEVER for each in pauses])
            for side in (0, 1)
        )
        rows.append((begins, ends))
    return rows
