"""Which unit is responsible for a hazard, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from anlan.places.terms import within


class UnitFacts(Protocol):
    """What routing reads of a unit."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def area_path(self) -> str: ...


@dataclass(frozen=True)
class Suggestion:
    """The code of the unit that should act; `reason` is stored with the case and shown."""

    unit_code: str
    reason: dict[str, str]


def suggest(
    kind: str, area_path: str, units: Iterable[UnitFacts], *, named: UnitFacts | None = None
) -> Suggestion | None:
    """The unit for a hazard in the area at `area_path`.

    A unit `named` by the category comes first; else the unit of `kind` whose own area holds the place and is
    the smallest that does (by code where two share it). None when there is no such unit: a person decides.
    """
    if named is not None:
        return Suggestion(named.code, {"rule": "named_by_category"})
    nearby = [unit for unit in units if unit.kind == kind and within(area_path, unit.area_path)]
    if not nearby:
        return None
    best = min(nearby, key=lambda unit: (-len(unit.area_path), unit.code))
    return Suggestion(best.code, {"rule": "kind_in_area", "kind": kind, "area": best.area_path})
