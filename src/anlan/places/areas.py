"""The tree of areas: what an official code says, what a list of areas must fulfil, and what it changes.

Codes are those of GB/T 2260 and of the National Bureau of Statistics: 6 digits for a city or county, 9 for
a township, 12 for a village, each beginning with the code of what it lies in. Names repeat, so nothing here
looks at a name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from anlan.base.tables import N_, Complaints
from anlan.places.terms import Crs, Level

CODE_SHAPE = N_("an area code of 6, 9 or 12 digits, such as 331081, 331081012 or 331081012203")
_DIGITS = re.compile(r"\d{6}(\d{3}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as a list has it; None where the list says nothing.

    `lng` and `lat` are WGS-84 degrees; `boundary` is the WKB of a MultiPolygon in WGS-84, and
    `boundary_crs` what it was converted from.
    """

    code: str
    level: Level
    name: str | None = None
    kind: str | None = None
    lng: float | None = None
    lat: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    boundary: bytes | None = None
    boundary_crs: Crs | None = None


@dataclass(frozen=True, slots=True)
class ListedArea:
    """An area and where it stands in the files."""

    file: str
    row: int
    area: AreaRow


@dataclass(frozen=True, slots=True)
class AreaChange:
    """An area after a change, and {field: (before, after)}."""

    area: AreaRow
    fields: Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a list of areas changes: added and changed from the top of the tree down."""

    added: tuple[AreaRow, ...] = ()
    changed: tuple[AreaChange, ...] = ()
    closed: tuple[AreaChange, ...] = ()
    unchanged: int = 0
    missing: tuple[str, ...] = ()  # known, in use, but not in the list

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "closed": len(self.closed),
            "unchanged": self.unchanged,
        }


def canonical_code(text: str) -> str | None:
    """The code without the zeros that lists pad it with ("331002000000" -> "331002"); None for no code."""
    if not _DIGITS.fullmatch(text) or text[2:6] == "0000":  # no code, or a province's
        return None
    while len(text) > 6 and text.endswith("000"):
        text = text[:-3]
    return text


def level_of(code: str) -> Level:
    """The level that a code's shape says."""
    if len(code) == 12:
        return Level.VILLAGE
    if len(code) == 9:
        return Level.TOWNSHIP
    return Level.CITY if code.endswith("00") else Level.COUNTY


def parent_code(code: str) -> str | None:
    """The code of what an area lies in; None for a city.

    A city without counties (Dongguan, 441900) has its townships below it, as their codes say.
    """
    if len(code) > 6:
        return code[:-3]
    return None if code.endswith("00") else f"{code[:4]}00"


def path_of(code: str) -> str:
    """Codes from the root, each followed by a dot: "331000.331081.331081012."."""
    above = parent_code(code)
    return f"{path_of(above) if above else ''}{code}."


def in_use_on(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Is an area in use on `day`? From its first day through its last one; None for no end on that side."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def current(code: str, known: Mapping[str, AreaRow]) -> str:
    """The code that is in use today for an area that may have been merged or renamed."""
    seen = {code}
    while code in known and (successor := known[code].successor) and successor not in seen:
        code = successor
        seen.add(code)
    return code


def merge_rows(listed: Iterable[ListedArea], complaints: Complaints) -> dict[str, ListedArea]:
    """By code; the same code twice is said, unless both rows are equal."""
    found: dict[str, ListedArea] = {}
    for one in listed:
        other = found.setdefault(one.area.code, one)
        if other.area != one.area:
            where = {"file": other.file, "row": other.row}
            right = N_("each code once; row %(row)s of %(file)s has it with other values")
            complaints.say(one.file, one.row, "code", one.area.code, right, **where)
    return found


def with_cities(
    listed: Mapping[str, ListedArea], known: Mapping[str, AreaRow], name: str | None
) -> dict[str, ListedArea]:
    """The list with the cities that its counties lie in, where neither the list nor `known` has them.

    Lists of counties seldom have a row for the city. It gets `name`, else its code as a name.
    """
    complete = dict(listed)
    for one in listed.values():
        code = f"{one.area.code[:4]}00"
        if code not in complete and (code not in known or name):
            complete[code] = ListedArea(one.file, one.row, AreaRow(code, Level.CITY, name or code))
    return complete


def check_tree(
    listed: Mapping[str, ListedArea], known: Mapping[str, AreaRow], complaints: Complaints
) -> None:
    """Say every row that the tree does not allow; `known` is what is there before."""
    after = dict(known)
    for code, one in listed.items():
        after[code] = said(known.get(code), one.area)
    for one in listed.values():
        for column, value, right in _wrong_with(after[one.area.code], after):
            complaints.say(one.file, one.row, column, value, right)


def said(before: AreaRow | None, row: AreaRow) -> AreaRow:
    """What an area is after a list said `row` about it: what the list left out stays."""
    if before is None:
        return row
    spoken = {name: value for name in _FIELDS if (value := getattr(row, name)) is not None}
    return replace(before, **spoken)


def compare(
    rows: Iterable[AreaRow], known: Mapping[str, AreaRow], close_missing: date | None = None
) -> ChangeSet:
    """What the list changes.

    Areas in use whose siblings are in the list, but not they themselves, are `missing`: they stay as they
    are. With `close_missing` they and what lies in them end on that day.
    """
    wanted = {row.code: row for row in rows}
    added: list[AreaRow] = []
    changed: list[AreaChange] = []
    closed: list[AreaChange] = []
    for code in sorted(wanted, key=_top_down):
        if code not in known:
            added.append(wanted[code])
        elif change := _change(known[code], said(known[code], wanted[code])):
            (closed if _ends(change) else changed).append(change)
    unchanged = len(wanted) - len(added) - len(changed) - len(closed)
    missing = _missing(wanted, known)
    if close_missing:
        closed += [_close(known[code], close_missing) for code in _with_what_lies_in(missing, known)]
    return ChangeSet(
        tuple(added), tuple(changed), tuple(closed), unchanged, () if close_missing else tuple(missing)
    )


_FIELDS = tuple(field.name for field in fields(AreaRow) if field.name not in {"code", "level"})


def _top_down(code: str) -> tuple[int, str]:
    return path_of(code).count("."), code


def _wrong_with(area: AreaRow, after: Mapping[str, AreaRow]) -> Iterator[tuple[str, object, str]]:
    if not area.name:
        yield "name", area.name or "", N_("the name of the area")
    above = parent_code(area.code)
    if above and above not in after:
        yield "code", area.code, N_("a row for the area that it lies in, or one that is there already")
    elif above and area.valid_to is None and after[above].valid_to is not None:
        yield "valid_to", "", N_("a last day: the area that it lies in has ended")
    if area.valid_from and area.valid_to and area.valid_to < area.valid_from:
        yield "valid_to", area.valid_to, N_("a day not before valid_from")
    if area.successor:
        yield from _wrong_with_successor(area, after)


def _wrong_with_successor(area: AreaRow, after: Mapping[str, AreaRow]) -> Iterator[tuple[str, object, str]]:
    successor = area.successor or ""
    if successor not in after:
        yield "successor", successor, N_("the code of an area in the list, or one that is there already")
    elif after[successor].level != area.level:
        yield "successor", successor, N_("an area of the same level")
    elif area.valid_to is None:
        yield "valid_to", "", N_("the last day of an area that has a successor")
    elif _begins_late(area, after[successor]):
        yield "successor", successor, N_("an area that is in use on the day after valid_to")
    elif current(successor, after) == area.code or successor == area.code:
        yield "successor", successor, N_("an area that came later, not one that leads back here")


def _begins_late(area: AreaRow, successor: AreaRow) -> bool:
    """Does an area leave a gap before the one that follows it?"""
    first, last = successor.valid_from, area.valid_to
    return first is not None and last is not None and first > last + timedelta(days=1)


def _change(before: AreaRow, after: AreaRow) -> AreaChange | None:
    differs = {
        name: (getattr(before, name), getattr(after, name))
        for name in _FIELDS
        if getattr(before, name) != getattr(after, name)
    }
    return AreaChange(after, differs) if differs else None


def _ends(change: AreaChange) -> bool:
    return "valid_to" in change.fields and change.fields["valid_to"][0] is None


def _missing(wanted: Mapping[str, AreaRow], known: Mapping[str, AreaRow]) -> list[str]:
    families = {parent_code(code) for code in wanted}
    return sorted(
        (
            code
            for code, area in known.items()
            if code not in wanted and area.valid_to is None and parent_code(code) in families - {None}
        ),
        key=_top_down,
    )


def _with_what_lies_in(codes: list[str], known: Mapping[str, AreaRow]) -> list[str]:
    roots = {path_of(code) for code in codes}
    return [
        code
        for code, area in sorted(known.items(), key=lambda item: _top_down(item[0]))
        if area.valid_to is None and not roots.isdisjoint(_paths_above(code))
    ]


def _paths_above(code: str) -> Iterator[str]:
    step: str | None = code
    while step:
        yield path_of(step)
        step = parent_code(step)


def _close(area: AreaRow, day: date) -> AreaChange:
    last = max(day, area.valid_from or day)
    return AreaChange(replace(area, valid_to=last), {"valid_to": (None, last)})
