"""What a rule can reach, as a box: one set of values for each condition, and set arithmetic on boxes.

Sets are bits of whole numbers. Of areas only the mentioned ones count: a hazard's area is told by the deepest
of them that holds it, so a city of any size has as few values as its rules name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anlan.cases.rules import DAY, Rule, Window
from anlan.cases.terms import Severity
from anlan.places.terms import SiteKind, within

MOST_PIECES = 2000
"""When a box falls into more pieces than this, nothing is said of it."""

SITE_KINDS = ("", *SiteKind)
SEVERITIES = tuple(Severity)
NOWHERE = ""
"""The area of a hazard that lies in none of the mentioned ones."""


@dataclass(frozen=True, slots=True)
class Box:
    """Sets of categories, areas, site kinds, severities and minutes of the week; and words, () for any."""

    sides: tuple[int, ...]
    words: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Does nothing at all fit into it?"""
        return not all(self.sides)


class Space:
    """All that hazards can be, as far as some rules tell them apart.

    `families` gives the family of each category ("" for a family itself), `paths` the path of each area.
    """

    def __init__(self, rules: Iterable[Rule], families: Mapping[str, str], paths: Mapping[str, str]) -> None:
        mentioned = {code for rule in rules for code in rule.areas if code in paths}
        self._families = families
        self._categories = sorted(families)
        self._paths = {code: paths[code] for code in sorted(mentioned)}
        roots = list(self._paths.values())
        self._areas = [*([NOWHERE] if _leave_some_out(roots, paths.values()) else []), *roots]

    def box(self, rule: Rule) -> Box:
        """What `rule` can reach."""
        return Box(
            (
                _bits(self._categories, self._in_categories(rule) if rule.categories else self._categories),
                _bits(self._areas, self._in_areas(rule) if rule.areas else self._areas),
                _bits(SITE_KINDS, rule.site_kinds or SITE_KINDS),
                _bits(SEVERITIES, rule.severities or SEVERITIES),
                minutes(rule.window),
            ),
            rule.words,
        )

    def _in_categories(self, rule: Rule) -> list[str]:
        return [code for code, family in self._families.items() if {code, family} & set(rule.categories)]

    def _in_areas(self, rule: Rule) -> list[str]:
        roots = [self._paths[code] for code in rule.areas if code in self._paths]
        return [path for path in self._areas if any(path and within(path, root) for root in roots)]


def _leave_some_out(roots: Sequence[str], paths: Iterable[str]) -> bool:
    """Is there an area outside of all of these? There is none where a rule names the whole city."""
    return not roots or any(not any(within(path, root) for root in roots) for path in paths)


def _bits(values: Sequence[str], wanted: Sequence[str]) -> int:
    """The set of those of `values` that are `wanted`."""
    return sum(1 << place for place, value in enumerate(values) if value in wanted)


def minutes(window: Window | None) -> int:
    """The minutes of the week in `window`."""
    if window is None:
        return (1 << 7 * DAY) - 1
    found = 0
    for day, start, end in window.stretches():
        found |= ((1 << end - start) - 1) << (day - 1) * DAY + start
    return found


def meet(one: Box, other: Box) -> bool:
    """Is there a hazard that fits into both? Words never keep two boxes apart: one can say both."""
    return all(mine & theirs for mine, theirs in zip(one.sides, other.sides, strict=True))


def lies_in(one: Box, other: Box) -> bool:
    """Does everything that fits into `one` fit into `other`?"""
    return one.is_empty or (
        _words_lie_in(one, other)
        and not any(mine & ~theirs for mine, theirs in zip(one.sides, other.sides, strict=True))
    )


def is_covered(box: Box, others: Iterable[Box]) -> bool:
    """Does everything that fits into `box` fit into one of `others`? False also where that is hard to say."""
    pieces = [] if box.is_empty else [box]
    for other in others:
        if _words_lie_in(box, other):
            pieces = [part for piece in pieces for part in _outside(piece, other)]
        if not pieces:
            return True
        if len(pieces) > MOST_PIECES:
            return False
    return not pieces


def _outside(box: Box, other: Box) -> list[Box]:
    """The parts of `box` that lie outside `other`, which share nothing."""
    if not meet(box, other):
        return [box]
    parts, sides = [], list(box.sides)
    for place, theirs in enumerate(other.sides):
        if beyond := sides[place] & ~theirs:
            parts.append(Box((*sides[:place], beyond, *sides[place + 1 :]), box.words))
        sides[place] &= theirs
    return parts


def _words_lie_in(one: Box, other: Box) -> bool:
    """Does whoever says one of the words of `one` always say one of the words of `other`?"""
    if not other.words:
        return True
    return bool(one.words) and all(
        any(word.casefold() in said.casefold() for word in other.words) for said in one.words
    )
