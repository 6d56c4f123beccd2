"""What is wrong with a list of rules before it is put in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from anlan.cases.routing import Directory, resolve
from anlan.cases.rule_boxes import Box, Space, is_covered, lies_in, meet
from anlan.cases.rules import Hazard, Rule, Target

EXAMPLES = 5
ANY_TIME = datetime(2000, 1, 1)  # a local time that no target looks at


class Gravity(StrEnum):
    """How bad a finding is: with an error a list cannot be put in force."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Flaw(StrEnum):
    """What can be found."""

    UNIT_UNKNOWN = "unit_unknown"
    UNIT_CLOSED = "unit_closed"
    CATEGORY_UNKNOWN = "category_unknown"
    AREA_UNKNOWN = "area_unknown"
    AREA_ENDED = "area_ended"
    NEVER_REACHED = "never_reached"
    FINDS_NOBODY = "finds_nobody"
    NO_UNIT = "no_unit"
    OVERLAP = "overlap"


GRAVITY: Mapping[Flaw, Gravity] = {
    Flaw.UNIT_UNKNOWN: Gravity.ERROR,
    Flaw.UNIT_CLOSED: Gravity.ERROR,
    Flaw.CATEGORY_UNKNOWN: Gravity.ERROR,
    Flaw.AREA_UNKNOWN: Gravity.ERROR,
    Flaw.AREA_ENDED: Gravity.ERROR,
    Flaw.NEVER_REACHED: Gravity.WARNING,
    Flaw.FINDS_NOBODY: Gravity.WARNING,
    Flaw.NO_UNIT: Gravity.WARNING,
    Flaw.OVERLAP: Gravity.NOTE,
}


@dataclass(frozen=True)
class Finding:
    """One flaw of the rule with a number, or of the whole list (0); `facts` say what and where."""

    flaw: Flaw
    number: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gravity(self) -> Gravity:
        """How bad it is."""
        return GRAVITY[self.flaw]


@dataclass(frozen=True)
class Ground:
    """The city that the rules speak of."""

    families: Mapping[str, str]
    """The family of each category in use, "" for a family itself."""
    paths: Mapping[str, str]
    """The path of each area, also of those that ended."""
    ended: frozenset[str]
    """Codes of the areas that ended."""
    places: Sequence[str]
    """Paths of the areas in which hazards are found: the lowest ones in use."""
    defaults: Mapping[str, Target]
    """Who answers for each category that hazards are reported under when no rule holds."""
    directory: Directory


def lint(rules: Sequence[Rule], ground: Ground) -> list[Finding]:
    """Everything found, the errors first, then by rule."""
    found = [*_unknown(rules, ground), *_order(rules, ground), *_coverage(rules, ground)]
    return sorted(found, key=lambda each: (list(Gravity).index(each.gravity), each.number))


def _unknown(rules: Sequence[Rule], ground: Ground) -> Iterator[Finding]:
    """Units, categories and areas that are not there, or no longer."""
    for number, rule in enumerate(rules, start=1):
        unit = rule.target.unit
        if unit and not ground.directory.knows(unit):
            yield Finding(Flaw.UNIT_UNKNOWN, number, {"code": unit})
        elif unit and (acting := ground.directory.acting(unit)) != unit:
            yield Finding(Flaw.UNIT_CLOSED, number, {"code": unit, "successor": acting or ""})
        for code in rule.categories:
            if code not in ground.families:
                yield Finding(Flaw.CATEGORY_UNKNOWN, number, {"code": code})
        for code in rule.areas:
            if code not in ground.paths:
                yield Finding(Flaw.AREA_UNKNOWN, number, {"code": code})
            elif code in ground.ended:
                yield Finding(Flaw.AREA_ENDED, number, {"code": code})


def _order(rules: Sequence[Rule], ground: Ground) -> Iterator[Finding]:
    """Rules that those before them never let be reached, and pairs between which only the order decides."""
    space = Space(rules, ground.families, ground.paths)
    boxes = [space.box(rule) for rule in rules]
    for place, box in enumerate(boxes):
        before = boxes[:place]
        if is_covered(box, before):
            by = [number for number, other in enumerate(before, start=1) if meet(box, other)]
            yield Finding(Flaw.NEVER_REACHED, place + 1, {"by": by})
            continue
        for number, other in enumerate(before, start=1):
            if rules[number - 1].target != rules[place].target and _cross(other, box):
                yield Finding(Flaw.OVERLAP, place + 1, {"before": number})


def _cross(earlier: Box, later: Box) -> bool:
    """Do both reach something, and each also something else? An exception before its rule is no overlap."""
    return meet(earlier, later) and not lies_in(earlier, later)


def _coverage(rules: Sequence[Rule], ground: Ground) -> Iterator[Finding]:
    """Rules whose unit is missing in places, and places where nobody at all is found for a category."""
    for number, rule in enumerate(rules, start=1):
        if rule.target.unit and not rule.target.role:
            continue
        lost = _lost(rule, ground)
        if lost:
            yield Finding(Flaw.FINDS_NOBODY, number, {"count": len(lost), "areas": lost[:EXAMPLES]})
    for category, default in ground.defaults.items():
        lost = _without(category, default, rules, ground)
        if lost:
            facts = {"category": category, "count": len(lost), "areas": lost[:EXAMPLES]}
            yield Finding(Flaw.NO_UNIT, 0, facts)


def _lost(rule: Rule, ground: Ground) -> list[str]:
    """Places inside the rule's areas where its target is nobody, for one of its categories."""
    categories = [code for code in ground.defaults if _speaks_of(rule, code, ground)]
    roots = [ground.paths[code] for code in rule.areas if code in ground.paths]
    inside = [path for path in ground.places if not rule.areas or path.startswith(tuple(roots))]
    if rule.target.kind or rule.target.role:
        categories = categories[:1]  # neither a kind nor a role depends on the category
    return [path for path in inside if any(_nobody(rule.target, code, path, ground) for code in categories)]


def _nobody(target: Target, category: str, path: str, ground: Ground) -> bool:
    return resolve(target, _plain(category, path, ground), ground.directory) is None


def _without(category: str, default: Target, rules: Sequence[Rule], ground: Ground) -> list[str]:
    """Places where neither the default nor a rule that asks only for category and area finds a unit."""
    lost = []
    for path in ground.places:
        hazard = _plain(category, path, ground)
        if resolve(default, hazard, ground.directory) is None and not _ruled(hazard, rules, ground):
            lost.append(path)
    return lost


def _ruled(hazard: Hazard, rules: Sequence[Rule], ground: Ground) -> bool:
    for rule in rules:
        plain = not (rule.site_kinds or rule.severities or rule.window or rule.words)
        in_area = not rule.areas or set(rule.areas) & set(hazard.area_path.split("."))
        if plain and in_area and _speaks_of(rule, hazard.category, ground):
            return resolve(rule.target, hazard, ground.directory) is not None
    return False


def _speaks_of(rule: Rule, category: str, ground: Ground) -> bool:
    return not rule.categories or bool(
        {category, ground.families.get(category, "")} & set(rule.categories) - {""}
    )


def _plain(category: str, path: str, ground: Ground) -> Hazard:
    return Hazard(category, path, ANY_TIME, family=ground.families.get(category, ""))
