"""Warnings of other senders: which are taken, where they hold here, and which raise an alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Protocol

from anlan.base.when_used import when_used
from anlan.sensing.alarms.terms import SEVERITY_ORDER
from anlan.sensing.terms import Colour, MessageKind, MessageStatus

if TYPE_CHECKING:
    import shapely
else:
    shapely = when_used("shapely")

ALMOST_ALL = 0.9
"""Share of an area that a shape must cover for the warning to be for the area itself."""


class HeardState(StrEnum):
    """Where a message of another sender stands."""

    IN_FORCE = "in_force"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    ENDS = "ends"  # it is itself the all clear
    NOTED = "noted"  # for nobody here: private, an acknowledgement, a draft, another place
    FAULTY = "faulty"  # nothing could be made of it


ENDED_BY = {MessageKind.UPDATE: HeardState.UPDATED, MessageKind.CANCEL: HeardState.CANCELLED}
"""What becomes of a message by one that names it."""


def is_for_us(status: str, kind: str, scope: str) -> bool:
    """Is a message of this status (drills too), kind and scope one that is followed here?"""
    return status in set(MessageStatus) and kind in set(MessageKind) and scope in ("Public", "")


class Placed(Protocol):
    """An area with its boundary, WKB."""

    @property
    def path(self) -> str: ...
    @property
    def boundary(self) -> Any: ...


def hit[A: Placed](
    polygons: Sequence[Sequence[Sequence[float]]], top: A, below: Callable[[A], list[A]]
) -> list[A]:
    """The areas that shapes of [lat, lng] points are about, from the top of the tree down.

    An area that is covered almost whole stands for all below it; of one that is only touched those below it
    that are, or itself where none of them has a boundary.
    """
    if not polygons or top.boundary is None:
        return []
    parts = [shapely.Polygon([(lng, lat) for lat, lng in ring]) for ring in polygons]
    shape = shapely.union_all([shapely.make_valid(part) for part in parts])
    shapely.prepare(shape)
    return list(_hit(shape, top, below))


def _hit[A: Placed](shape: Any, area: A, below: Callable[[A], list[A]]) -> list[A]:
    boundary = shapely.from_wkb(bytes(area.boundary))
    if not shape.intersects(boundary):
        return []
    if shape.contains(boundary) or shape.intersection(boundary).area >= ALMOST_ALL * boundary.area:
        return [area]
    drawn = [each for each in below(area) if each.boundary is not None]
    found = [one for each in drawn for one in _hit(shape, each, below)]
    return found or [area]


def code_of(said: str) -> str:
    """The code of an area as we have it: of 12 digits those that say something."""
    digits = said.strip()
    if len(digits) == 12 and digits.isdigit():
        return digits[:6] if digits.endswith("000000") else digits[:9] if digits.endswith("000") else digits
    return digits


class Rule(Protocol):
    """Which warnings raise an alarm; empty words ask nothing."""

    @property
    def words(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def least(self) -> str: ...
    @property
    def area_path(self) -> str: ...
    @property
    def severity(self) -> str: ...


class Heard(Protocol):
    """A warning as rules read it."""

    @property
    def status(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def words(self) -> dict[str, dict[str, str]]: ...


def raises(rule: Rule, heard: Heard, paths: Iterable[str]) -> tuple[Colour, str] | None:
    """How bad the alarm is that a rule raises for a warning in areas, and where; None when it raises none.

    Only what is meant raises one. It lies in the smallest area that holds all that the warning is about,
    inside the area of the rule.
    """
    if heard.status != MessageStatus.ACTUAL or SEVERITY_ORDER[heard.colour] < SEVERITY_ORDER[rule.least]:
        return None
    if rule.category and rule.category != heard.category:
        return None
    if rule.words and not _says(heard, rule.words):
        return None
    met = [_inside(path, rule.area_path) for path in paths]
    where = [path for path in met if path]
    return (Colour(rule.severity or heard.colour), common_area(where)) if where else None


def common_area(paths: Sequence[str]) -> str:
    """The path of the smallest area that holds all of these."""
    levels = zip(*(path.rstrip(".").split(".") for path in paths), strict=False)
    shared = takewhile(lambda codes: len(set(codes)) == 1, levels)
    return "".join(f"{codes[0]}." for codes in shared)


def _says(heard: Heard, words: str) -> bool:
    said = [each.get(name, "") for each in heard.words.values() for name in ("event", "headline")]
    return any(words.casefold() in each.casefold() for each in said)


def _inside(path: str, area_path: str) -> str:
    """The part of an area that lies in another, both by their paths; "" when none does."""
    if path.startswith(area_path):
        return path
    return area_path if area_path.startswith(path) else ""
