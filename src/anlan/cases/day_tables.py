"""Days of a city's calendar as rows of a table: what a spreadsheet holds, and what it is read back from."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

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
from anlan.cases.calendar_changes import MOST_DAYS, OWN_KINDS, hours_text
from anlan.cases.calendars import Day, DayKind, Window, read_windows

COLUMNS = ("date", "kind", "name", "hours")
LONGEST_NAME = 40
DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
"""As ISO 8601 writes it, or as a spreadsheet writes it again: 2026-02-14, 2026/2/14."""


def read_days(
    file: str, lines: Iterable[str], anyhow: Callable[[date], DayKind], complaints: Complaints
) -> dict[date, Day]:
    """The days of a CSV table with the columns of COLUMNS, of which `hours` may be missing.

    `anyhow` says what a day is without the city's word. What is wrong goes to `complaints`, cell by cell.
    Raises Refused("columns_missing"), "column_unknown", "table_empty", "column_twice", "table_broken".
    """
    table = read_table(file, lines, complaints)
    need_columns(table, COLUMNS[:3])
    refuse_unknown_columns(table, COLUMNS)
    found: dict[date, Day] = {}
    rows: dict[date, int] = {}
    for row, record in records(table, {name: name for name in table.header}):
        cells = SheetRow(file, row, record, complaints)
        day = _day(cells)
        said = _said(cells, day, anyhow)
        if day in rows:
            cells.say("date", day, N_("each day once; this one is in row %(row)s already"), row=rows[day])
        elif day is not None and said is not None:
            found[day] = said
        if day is not None:
            rows.setdefault(day, row)
        if len(rows) > MOST_DAYS:
            cells.say("", len(rows), N_("at most %(most)s days"), most=MOST_DAYS)
            break
    return found


def rows(days: Mapping[date, Day]) -> list[tuple[str, ...]]:
    """Days as rows of the same table, in their order."""
    return [
        (day.isoformat(), str(found.kind), found.name, hours_text(found.windows or ()))
        for day, found in sorted(days.items())
    ]


def _day(cells: SheetRow) -> date | None:
    """The day of the row; None, and a complaint, where there is none."""
    written = DATE.fullmatch(cells.text("date"))
    try:
        if written:
            return date(int(written[1]), int(written[3]), int(written[4]))
    except ValueError:
        pass
    cells.say("date", cells.text("date"), N_("a day such as 2026-02-14"))
    return None


def _said(cells: SheetRow, day: date | None, anyhow: Callable[[date], DayKind]) -> Day | None:
    """What the row says of its day; None, and complaints, where it cannot be."""
    before = cells.complaints.total
    kind, name, windows = _kind(cells), cells.text("name"), _windows(cells)
    if len(name) > LONGEST_NAME or not name.isprintable():
        cells.say("name", name, N_("at most %(longest)s characters, in one line"), longest=LONGEST_NAME)
    if kind is DayKind.MAKE_UP and day is not None and anyhow(day) is DayKind.WORKDAY:
        right = N_("holiday or workday: this day is worked anyhow and makes up for nothing")
        cells.say("kind", kind, right)
    if kind is None or cells.complaints.total > before:
        return None
    return Day(kind, name, windows)


def _kind(cells: SheetRow) -> DayKind | None:
    written = cells.text("kind").lower()
    if written in OWN_KINDS:
        return DayKind(written)
    cells.say("kind", cells.text("kind"), N_("one of %(allowed)s"), allowed=", ".join(OWN_KINDS))
    return None


def _windows(cells: SheetRow) -> tuple[Window, ...] | None:
    """Hours of its own; None for the usual ones."""
    written = cells.text("hours")
    if not written:
        return None
    if cells.text("kind").lower() == DayKind.HOLIDAY:
        cells.say("hours", written, N_("nothing: a holiday has no hours"))
        return None
    try:
        return read_windows(written)
    except Refused:
        cells.say("hours", written, N_("hours such as 08:30-12:00, 14:00-17:30, one after the other"))
        return None
