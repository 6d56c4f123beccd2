"""Rules that send hazards to units, as data: conditions, and who acts when all of them hold."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from anlan.base.errors import Refused

DAY = 24 * 60
WEEK = tuple(range(1, 8))


class HazardFacts(Protocol):
    """What rules read of a hazard."""

    @property
    def category(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def area_path(self) -> str: ...
    @property
    def site_kind(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard as rules see it; `at` is the time of the report in the city's zone, "" is "none"."""

    category: str
    area_path: str
    at: datetime
    family: str = ""
    site_kind: str = ""
    severity: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the week (1 is Monday; empty for all) and minutes after midnight, `start` to before `end`.

    A window that ends before it starts goes on past midnight and belongs to the day on which it starts;
    one that starts and ends at the same minute lasts the whole day.
    Raises Refused("window_wrong") for a day or a minute that is not there.
    """

    days: frozenset[int] = frozenset()
    start: int = 0
    end: int = DAY

    def __post_init__(self) -> None:
        if not (self.days <= set(WEEK) and 0 <= self.start < DAY and 0 <= self.end <= DAY):
            raise Refused("window_wrong")

    def holds(self, at: datetime) -> bool:
        """Does `at`, a local time, lie in the window?"""
        day, minute = at.isoweekday(), at.hour * 60 + at.minute
        return any(start <= minute < end for weekday, start, end in self.stretches() if weekday == day)

    def stretches(self) -> Iterable[tuple[int, int, int]]:
        """The window as stretches within one day: weekday, first minute, minute after the last."""
        for day in sorted(self.days) or WEEK:
            if self.start < self.end:
                yield day, self.start, self.end
            else:
                yield day, self.start, DAY
                yield day % 7 + 1, 0, self.end


@dataclass(frozen=True, slots=True)
class Target:
    """Who acts: the unit with a code; or the nearest unit of a kind, from a level of the areas upwards; or
    whoever is named as responsible for the category at a level.

    With a `role` the unit must have somebody in that role, who is told beside its handlers; a role alone, or
    with a level, is the nearest unit that has one. A target never leads to another rule, so a loop of rules
    cannot be written (docs/decisions/0027). Raises Refused("target_wrong") for anything else.
    """

    unit: str = ""
    kind: str = ""
    level: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        elsewhere = self.kind or self.level
        if bool(self.unit) == bool(elsewhere) and not (self.role and not self.unit):
            raise Refused("target_wrong")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: all conditions that it has must hold; of several values of a condition, one.

    `categories` and `areas` are codes: a family stands for its categories, an area for what lies in it.
    `words` are looked for anywhere in what was said, in capital letters or small ones.
    """

    target: Target
    name: str = ""
    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    site_kinds: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    window: Window | None = None
    words: tuple[str, ...] = ()


type Found = Mapping[str, str]
"""Of each condition of a rule, the value that held: {"categories": "fire", "words": "brake"}."""


def _category(rule: Rule, hazard: HazardFacts) -> str | None:
    return next((code for code in rule.categories if code in (hazard.category, hazard.family)), None)


def _area(rule: Rule, hazard: HazardFacts) -> str | None:
    inside = hazard.area_path.split(".")
    return next((code for code in rule.areas if code in inside), None)


def _site_kind(rule: Rule, hazard: HazardFacts) -> str | None:
    return hazard.site_kind if hazard.site_kind in rule.site_kinds else None


def _severity(rule: Rule, hazard: HazardFacts) -> str | None:
    return hazard.severity if hazard.severity in rule.severities else None


def _window(rule: Rule, hazard: HazardFacts) -> str | None:
    holds = rule.window is not None and rule.window.holds(hazard.at)
    return hazard.at.isoformat("T", "minutes") if holds else None


def _words(rule: Rule, hazard: HazardFacts) -> str | None:
    said = hazard.words.casefold()
    return next((word for word in rule.words if word.casefold() in said), None)


CONDITIONS: Mapping[str, Callable[[Rule, HazardFacts], str | None]] = MappingProxyType(
    {
        "categories": _category,
        "areas": _area,
        "site_kinds": _site_kind,
        "severities": _severity,
        "window": _window,
        "words": _words,
    }
)
"""How each condition is met, the quickest first."""


def match(rule: Rule, hazard: HazardFacts) -> Found | None:
    """What of each condition held; None when one did not. A rule without conditions holds for everything."""
    found: dict[str, str] = {}
    for name, find in CONDITIONS.items():
        if not getattr(rule, name):
            continue
        value = find(rule, hazard)
        if value is None:
            return None
        found[name] = value
    return found


@dataclass(frozen=True, slots=True)
class Ruled:
    """The first rule that holds: its number, counted from 1, and what of it held."""

    number: int
    rule: Rule
    found: Found = field(default_factory=dict)


def first_match(rules: Iterable[Rule], hazard: HazardFacts) -> Ruled | None:
    """The first of `rules` that holds for `hazard`; None when none does."""
    for number, rule in enumerate(rules, start=1):
        found = match(rule, hazard)
        if found is not None:
            return Ruled(number, rule, found)
    return None
