"""Units beside one another without ranking noise: beyond the limits of chance, or within them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from anlan.cases.indices import Better


class Band(IntEnum):
    """Where a share lies to the funnel's limits around the peers' pooled share."""

    FAR_BELOW = -2  # beyond the 99.8 % limits
    BELOW = -1  # beyond the 95 % limits
    WITHIN = 0
    ABOVE = 1
    FAR_ABOVE = 2


class Standing(Protocol):
    """A line of a league table."""

    @property
    def name(self) -> str: ...
    @property
    def band(self) -> int | None: ...


@dataclass(frozen=True)
class Group[S: Standing]:
    """Lines that cannot be told apart: all good, all worth a look, within the limits, or without data."""

    kind: str  # good, within, look, different, no_data
    lines: tuple[S, ...]


KINDS = ("good", "different", "look", "within", "no_data")


def grouped[S: Standing](lines: Iterable[S], better: Better) -> list[Group[S]]:
    """The lines in groups, by name inside each: a figure within the limits says nothing about its place.

    Only beyond the 99.8 % limits is a unit shown apart: of 100 units without any difference five lie beyond
    the 95 % limits.
    """
    sorted_lines = sorted(lines, key=lambda line: line.name)
    kinds = {kind: [line for line in sorted_lines if _kind(line, better) == kind] for kind in KINDS}
    return [Group(kind, tuple(found)) for kind, found in kinds.items() if found]


def _kind(line: Standing, better: Better) -> str:
    if line.band is None:
        return "no_data"
    if abs(line.band) < Band.FAR_ABOVE:
        return "within"
    if better is Better.NEITHER:
        return "different"
    return "good" if (line.band > 0) == (better is Better.HIGHER) else "look"
