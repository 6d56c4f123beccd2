"""Which unit is responsible for a hazard, and why."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from anlan.cases.rules import HazardFacts, Rule, Ruled, Target, first_match
from anlan.places.areas import level_of
from anlan.places.terms import Level

LEVELS = tuple(Level)


class UnitFacts(Protocol):
    """What routing reads of a unit; `successor_code` is who went on with the work of a closed one."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def area_path(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def successor_code(self) -> str: ...


type Named = Mapping[tuple[str, str], str]
"""Who is named as responsible: unit code by codes of area and category (or its family)."""

type Staffed = Container[tuple[str, str]]
"""Which units have somebody in a role: code and role."""


class Directory:
    """The units that may act, found by code, by area, by what they are named for, and by their roles."""

    def __init__(self, units: Iterable[UnitFacts], named: Named, staffed: Staffed = ()) -> None:
        self.named = named
        self._staffed = staffed
        self._by_code = {unit.code: unit for unit in units}
        self._in_area: defaultdict[str, list[UnitFacts]] = defaultdict(list)
        for unit in sorted(self._by_code.values(), key=lambda unit: unit.code):
            if unit.active:
                self._in_area[unit.area_path].append(unit)

    def has(self, code: str, role: str) -> bool:
        """Has this unit somebody in `role`? Any unit will do for none."""
        return not role or (code, role) in self._staffed

    def acting(self, code: str) -> str | None:
        """The unit with `code` if it acts, else the first active one of those that followed it."""
        passed: set[str] = set()
        while code not in passed:
            passed.add(code)
            unit = self._by_code.get(code)
            if unit is None or unit.active:
                return unit.code if unit else None
            code = unit.successor_code
        return None

    def knows(self, code: str) -> bool:
        """Is there such a unit, active or not?"""
        return code in self._by_code

    def nearest(self, kind: str, area_path: str, level: str, role: str = "") -> str | None:
        """The unit of `kind` ("" for any) that has somebody in `role`, nearest above the place.

        From `level` upwards; of two in one area the first by code.
        """
        for above in paths_up(area_path, level):
            for unit in self._in_area.get(above, ()):
                if kind in ("", unit.kind) and self.has(unit.code, role):
                    return unit.code
        return None

    def named_for(self, hazard: HazardFacts, level: str) -> str | None:
        """Who is named for the hazard's category, else for its family, in its area of `level`."""
        area = area_at(hazard.area_path, level)
        for category in (hazard.category, hazard.family):
            if (area, category) in self.named:
                return self.acting(self.named[area, category])
        return None


def paths_up(area_path: str, level: str) -> list[str]:
    """The paths of an area and those that hold it, from `level` ("" for its own) to the city.

    A level that the tree leaves out (a city without counties) is passed over.
    """
    codes = area_path.rstrip(".").split(".")
    lowest = LEVELS.index(Level(level)) if level else len(LEVELS)
    depths = [depth for depth, code in enumerate(codes, start=1) if LEVELS.index(level_of(code)) <= lowest]
    return [".".join(codes[:depth]) + "." for depth in reversed(depths)]


def area_at(area_path: str, level: str) -> str:
    """The code of the area of `level` that holds the one at `area_path`; "" when there is none."""
    return next((code for code in area_path.rstrip(".").split(".") if level_of(code) == level), "")


@dataclass(frozen=True)
class Suggestion:
    """The code of the unit that should act; `reason` is stored with the case and shown."""

    unit_code: str
    reason: dict[str, Any]


def suggest(
    hazard: HazardFacts, rules: Sequence[Rule], default: Target, directory: Directory
) -> Suggestion | None:
    """The unit for a hazard: whom the first rule that holds names, else the category's `default`.

    A rule that holds but finds nobody is said in the reason, and the default decides: no later rule does.
    None when nobody is found: a person decides.
    """
    ruled = first_match(rules, hazard)
    if ruled is not None and (unit := resolve(ruled.rule.target, hazard, directory)):
        return Suggestion(unit, _ruled(ruled, unit))
    unit = resolve(default, hazard, directory)
    if unit is None:
        return None
    passed = {"found_nobody": ruled.number} if ruled is not None else {}
    return Suggestion(unit, _by_default(default) | passed)


def resolve(target: Target, hazard: HazardFacts, directory: Directory) -> str | None:
    """The code of the active unit that `target` means for `hazard`; None when there is none."""
    if target.unit:
        unit = directory.acting(target.unit)
        return unit if unit and directory.has(unit, target.role) else None
    if target.kind or target.role:
        return directory.nearest(target.kind, hazard.area_path, target.level, target.role)
    return directory.named_for(hazard, target.level)


def _ruled(ruled: Ruled, unit: str) -> dict[str, Any]:
    target = ruled.rule.target
    meant = {name: getattr(target, name) for name in ("kind", "level", "role") if getattr(target, name)}
    followed = {"followed": target.unit} if target.unit and target.unit != unit else {}
    return {
        "rule": "numbered",
        "number": ruled.number,
        "name": ruled.rule.name,
        "found": dict(ruled.found),
        **meant,
        **followed,
    }


def _by_default(default: Target) -> dict[str, Any]:
    if default.unit:
        return {"rule": "named_by_category"}
    return {"rule": "kind_in_area", "kind": default.kind}
