"""Rules as rows of a table: what a spreadsheet holds, and what is kept with a version."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.base.errors import Refused
from anlan.base.tables import (
    N_,
    Complaints,
    SheetRow,
    need_columns,
    read_table,
    records,
    refuse_unknown_columns,
)
from anlan.cases.rules import DAY, Rule, Target, Window
from anlan.cases.terms import Severity
from anlan.places.terms import Level, SiteKind
from anlan.staff.terms import Role, UnitKind

COLUMNS = (
    *("name", "categories", "areas", "site_kinds", "severities", "days", "hours", "words"),
    *("unit", "unit_kind", "level", "role"),
)
ROLES = (Role.HANDLER, Role.FIELD_WORKER, Role.DISPATCHER)
"""Roles that a rule may send to: who does the work, at a post or in a unit, or hands it on within it."""

SEPARATOR = ";"
LONGEST_NAME = 100
MOST_VALUES = 50
HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
DAYS = re.compile(r"[1-7](-[1-7])?(;[1-7](-[1-7])?)*", re.ASCII)
LOOP = re.compile(r"(rule|规则)\s*[:：#]?\s*\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """The codes that a row may name."""

    categories: Collection[str]
    areas: Collection[str]
    units: Collection[str]


def read_rules(file: str, lines: Iterable[str], known: KnownCodes, complaints: Complaints) -> list[Rule]:
    """The rules of a CSV table in their order; several values of a cell are separated by ";".

    What is wrong goes to `complaints`, cell by cell. Raises Refused("columns_missing"), "column_unknown",
    "table_empty", "column_twice", "table_broken".
    """
    table = read_table(file, lines, complaints)
    need_columns(table, ("categories", "areas", "unit", "unit_kind", "level"))
    refuse_unknown_columns(table, COLUMNS)
    read = [
        _rule(SheetRow(file, row, record, complaints), known)
        for row, record in records(table, {name: name for name in table.header})
    ]
    return [rule for rule in read if rule is not None]


def read_rule(record: Mapping[str, str], known: KnownCodes, complaints: Complaints) -> Rule | None:
    """One rule from the cells of a form; None and complaints by column when something is wrong."""
    return _rule(SheetRow("", 0, record, complaints), known)


def _rule(cells: SheetRow, known: KnownCodes) -> Rule | None:
    before = cells.complaints.total
    name = cells.text("name")
    if len(name) > LONGEST_NAME:
        cells.say("name", name, N_("at most %(longest)s characters"), longest=LONGEST_NAME)
    conditions = {
        "categories": _codes(cells, "categories", known.categories, N_("codes of known categories")),
        "areas": _codes(cells, "areas", known.areas, N_("codes of known areas")),
        "site_kinds": _codes(cells, "site_kinds", tuple(SiteKind), N_("kinds of sites: %(allowed)s")),
        "severities": _codes(cells, "severities", tuple(Severity), N_("severities: %(allowed)s")),
        "words": _several(cells, "words"),
    }
    window, target = _window(cells), _target(cells, known)
    if target is None or cells.complaints.total > before:
        return None
    return Rule(target=target, name=name, window=window, **conditions)


def _several(cells: SheetRow, column: str) -> tuple[str, ...]:
    values = [value.strip() for value in cells.text(column).replace("；", SEPARATOR).split(SEPARATOR)]
    found = tuple(dict.fromkeys(value for value in values if value))
    if len(found) > MOST_VALUES:
        cells.say(column, len(found), N_("at most %(most)s values"), most=MOST_VALUES)
    return found


def _codes(cells: SheetRow, column: str, allowed: Collection[str], right: str) -> tuple[str, ...]:
    found = _several(cells, column)
    for value in found:
        if value not in allowed:
            cells.say(column, value, right, allowed=", ".join(list(allowed)[:10]))
    return found


def _window(cells: SheetRow) -> Window | None:
    days, hours = cells.text("days").replace("；", SEPARATOR), cells.text("hours")
    wanted = days_of(days)
    if wanted is None:
        cells.say("days", days, N_("days of the week, 1 for Monday, such as 1-5 or 6;7"))
        return None
    stretch = minutes_of(hours)
    if stretch is None:
        cells.say("hours", hours, N_("hours such as 08:30-17:30 or 22:00-06:00"))
        return None
    return Window(wanted, *stretch) if days or hours else None


def _target(cells: SheetRow, known: KnownCodes) -> Target | None:
    unit, kind, level, role = (cells.text(column) for column in ("unit", "unit_kind", "level", "role"))
    wrong = cells.complaints.total
    if LOOP.fullmatch(unit):
        cells.say("unit", unit, N_("a unit: a rule never leads to another rule"))
    elif unit and unit not in known.units:
        cells.say("unit", unit, N_("the code of a known unit"))
    if kind and kind not in tuple(UnitKind):
        cells.say("unit_kind", kind, N_("a kind of unit: %(allowed)s"), allowed=", ".join(UnitKind))
    if level and level not in tuple(Level):
        cells.say("level", level, N_("a level: %(allowed)s"), allowed=", ".join(Level))
    if role and role not in ROLES:
        cells.say("role", role, N_("a role: %(allowed)s"), allowed=", ".join(ROLES))
    if cells.complaints.total > wrong:
        return None
    try:
        return Target(unit, kind, level, role)
    except Refused:
        right = N_("either a unit, or a kind of unit, or a role, or the level whose named unit answers")
        cells.say("unit", unit or kind or level, right)
        return None


def days_of(text: str) -> frozenset[int] | None:
    """The days in "1-5" or "6;7"; none for ""; None for anything else."""
    if not text:
        return frozenset()
    if not DAYS.fullmatch(text):
        return None
    parts = [part.partition("-") for part in text.split(SEPARATOR)]
    return frozenset(day for first, _, last in parts for day in range(int(first), int(last or first) + 1))


def minutes_of(text: str) -> tuple[int, int] | None:
    """The minutes in "08:30-17:30"; the whole day for ""; None for anything else."""
    if not text:
        return 0, DAY
    found = HOURS.fullmatch(text.replace("：", ":").replace("–", "-"))
    if found is None:
        return None
    hour, minute, last_hour, last_minute = map(int, found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    return (start, end) if end <= DAY else None


def rows(rules: Sequence[Rule]) -> list[tuple[str, ...]]:
    """Rules as rows of the same table, with the columns of COLUMNS."""
    return [_row(rule) for rule in rules]


def _row(rule: Rule) -> tuple[str, ...]:
    several = (rule.categories, rule.areas, rule.site_kinds, rule.severities)
    target = rule.target
    return (
        rule.name,
        *(SEPARATOR.join(values) for values in several),
        days_text(rule.window),
        hours_text(rule.window),
        SEPARATOR.join(rule.words),
        *(target.unit, target.kind, target.level, target.role),
    )


def days_text(window: Window | None) -> str:
    """The days of a window as a cell has them."""
    return SEPARATOR.join(str(day) for day in sorted(window.days)) if window else ""


def hours_text(window: Window | None) -> str:
    """The hours of a window as a cell has them; "" for the whole day."""
    if window is None or (window.start, window.end) == (0, DAY):
        return ""
    return f"{window.start // 60:02}:{window.start % 60:02}-{window.end // 60:02}:{window.end % 60:02}"


def kept(rule: Rule) -> dict[str, Any]:
    """A rule as JSON, to be kept."""
    return dict(zip(COLUMNS, _row(rule), strict=True))


def taken(cells: Mapping[str, str]) -> Rule:
    """The rule that `kept` made. Raises Refused for one that it cannot have made."""
    several = {
        name: tuple(filter(None, cells[name].split(SEPARATOR)))
        for name in ("categories", "areas", "site_kinds", "severities", "words")
    }
    days, stretch = days_of(cells["days"]), minutes_of(cells["hours"])
    if days is None or stretch is None:
        raise Refused("window_wrong")
    window = Window(days, *stretch) if cells["days"] or cells["hours"] else None
    role = cells.get("role", "")  # versions from before rules knew roles have none
    target = Target(cells["unit"], cells["unit_kind"], cells["level"], role)
    return Rule(target=target, name=cells["name"], window=window, **several)
