"""The parts of the tables of readings: made before they are needed, dropped when their time is over.

Readings and their roll-ups by the minute lie in one part a day, those by the hour in one part a month, all in
UTC. There is no default part: a reading for a day without one is refused by PostgreSQL, so whoever writes
asks for the days first. A part is made aside and then attached, which readers and writers do not wait for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import batched

from django.db import connection, transaction

BY_DAY = ("observation", "observation_minute")
BY_MONTH = ("observation_hour",)
LOCK = 7101
"""The number of our lock in PostgreSQL: parts are made by one process at a time."""

MADE = "made "
"""With a day behind it, the comment on a part."""

AT_ONCE = 20
"""Parts made in one transaction."""

WAIT_TO_DROP = "2s"
"""To drop a part, writers must pause; one that would make them wait longer is left to the next night."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a table: from `first` up to, but not with, `after`."""

    table: str
    first: date
    after: date
    made: date | None = field(default=None, compare=False)
    """The day on which it was made, where that is known."""

    @property
    def name(self) -> str:
        """The name of its own table."""
        return f"{self.table}_{self.first:%Y%m%d}"


def parts_for(days: Iterable[date]) -> list[Part]:
    """The parts that readings of these days (UTC) go to."""
    days = sorted(set(days))
    by_day = [Part(table, day, day + timedelta(days=1)) for table in BY_DAY for day in days]
    months = sorted({day.replace(day=1) for day in days})
    return by_day + [Part(table, month, _next_month(month)) for table in BY_MONTH for month in months]


def part_of(table: str, day: date) -> str:
    """The name of the part of a table that is cut by days."""
    return Part(table, day, day).name


def make_days(days: Iterable[date], made: date | None = None) -> int:
    """Make what is missing of the parts for these days (UTC); how many were made. `made` is today.

    A few in a transaction: each part takes several of the locks of which PostgreSQL has a fixed number.
    """
    missing = _missing(parts_for(days))
    return sum(_make_all(few, made) for few in batched(missing, AT_ONCE, strict=False))


def _make_all(parts: Iterable[Part], made: date | None) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        missing = _missing(parts)
        for part in missing:
            cursor.execute(_make(part))
            if made is not None:
                cursor.execute(f"COMMENT ON TABLE {part.name} IS '{MADE}{made.isoformat()}'")
    return len(missing)


def make_ahead(now: datetime, days: int = 3) -> int:
    """Make the parts from yesterday to `days` ahead; how many were made."""
    today = now.astimezone(UTC).date()
    return make_days(today + timedelta(days=ahead) for ahead in range(-1, days + 1))


def drop_before(day: date, tables: Iterable[str] = BY_DAY) -> list[str]:
    """Drop all parts that end by this day (UTC) and were not made after it; their names.

    What an operator plays again from years ago so stays as long as what came then. Raises OperationalError
    when writers hold a part for longer than WAIT_TO_DROP; try again later.
    """
    old = [part for part in stored_parts() if part.table in tables and _is_over(part, day)]
    for part in old:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_TO_DROP}'")
            cursor.execute(f"DROP TABLE IF EXISTS {part.name}")
    return [part.name for part in old]


def _is_over(part: Part, day: date) -> bool:
    return part.after <= day and (part.made is None or part.made <= day)


def stored_parts() -> list[Part]:
    """The parts that there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT parent.relname, part.relname, obj_description(part.oid, 'pg_class') FROM pg_inherits
            JOIN pg_class parent ON parent.oid = inhparent
            JOIN pg_class part ON part.oid = inhrelid
            WHERE parent.relname = ANY(%s) AND part.relkind = 'r' ORDER BY part.relname
            """,
            [[*BY_DAY, *BY_MONTH]],
        )
        return [_read(*row) for row in cursor.fetchall()]


def _missing(wanted: Iterable[Part]) -> list[Part]:
    wanted = list(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s)", [[part.name for part in wanted]]
        )
        stored = {name for (name,) in cursor.fetchall()}
    return [part for part in wanted if part.name not in stored]


def _read(table: str, name: str, said: str | None) -> Part:
    first = datetime.strptime(name.rpartition("_")[2], "%Y%m%d").date()  # a day, no moment
    after = _next_month(first) if table in BY_MONTH else first + timedelta(days=1)
    made = date.fromisoformat(said.removeprefix(MADE)) if said and said.startswith(MADE) else None
    return Part(table, first, after, made)


def _make(part: Part) -> str:
    return f"""
        CREATE TABLE {part.name} (LIKE {part.table} INCLUDING ALL);
        ALTER TABLE {part.table} ATTACH PARTITION {part.name}
            FOR VALUES FROM ('{part.first} 00:00+00') TO ('{part.after} 00:00+00');
    """


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
