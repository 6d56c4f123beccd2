"""Clocks that run on open cases, read as arrays and written back many at once.

Who writes locks the cases first, in the order of their ids, and then touches their clocks, as every step of a
case does. Moments are microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db import connection

from anlan.base.clock import EPOCH, MICROSECOND, Moments
from anlan.base.when_used import when_used
from anlan.cases.limits import WORKING, TimeUnit
from anlan.cases.task_states import CLOCKS
from anlan.cases.terms import CHECK, TOTAL, Severity, Stage
from anlan.store.binary_copy import HEADER, POSTGRES_EPOCH_US, TRAILER, Varying, pack, timestamps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

if TYPE_CHECKING:
    from psycopg import Cursor

UNITS = tuple(TimeUnit)
STAGES = (*Stage, TOTAL, CHECK, *CLOCKS.values())
OWN = len(Stage)
"""The place of a stage of the case itself lies before; the whole, the check and tasks come from there on."""

SEVERITIES = tuple(Severity)
NONE = -1
"""Where a number is NULL."""

COUNTED_IN_WORK = sorted(WORKING)

TOUCHED = """
k.ended_at IS NULL AND k.due_at >= %(floor)s AND (k.time_unit = ANY(%(working)s::text[]) OR EXISTS (
    SELECT FROM store_extension e
    WHERE e.case_id = k.case_id AND e.granted AND e.time_unit = ANY(%(working)s::text[])))
"""
"""Clocks whose end the calendar has a say in, from a moment on."""

NEXT = """
SELECT max(case_id) FROM (
    SELECT case_id FROM store_stageclock
    WHERE ended_at IS NULL AND case_id > %(after)s AND (%(last)s::bigint IS NULL OR case_id <= %(last)s)
    ORDER BY case_id LIMIT %(most)s) nearest
"""

COUNT = "SELECT count(*) FROM store_stageclock WHERE ended_at IS NULL"

AT_PLACE = """
SELECT case_id FROM store_stageclock WHERE ended_at IS NULL ORDER BY case_id OFFSET %(place)s LIMIT 1
"""

LOCK = f"""
SELECT c.id FROM store_case c WHERE c.id > %(after)s AND c.id <= %(upto)s
    AND EXISTS (SELECT FROM store_stageclock k WHERE k.case_id = c.id AND {TOUCHED})
ORDER BY c.id FOR NO KEY UPDATE
"""

GIVEN = "(SELECT %(cases)s::bigint[])::bigint[]"
"""Ids of cases, hidden from the planner: it would weigh each of twenty thousand."""

READ = f"""
SELECT string_agg({{columns}}, ''::bytea)
FROM store_stageclock k JOIN store_case c ON c.id = k.case_id
WHERE k.case_id = ANY({GIVEN}) AND k.ended_at IS NULL AND k.due_at IS NOT NULL
"""
"""All rows as one value of numbers of eight bytes: a row at a time costs more than the arithmetic."""


NO_MOMENT = NONE - POSTGRES_EPOCH_US
"""NULL among moments as PostgreSQL counts them: NONE, counted from 1970."""


def _moment(column: str) -> str:
    """A moment in the eight bytes in which PostgreSQL keeps it: the way over `extract` costs much more."""
    return f"coalesce(timestamptz_send({column}), int8send({NO_MOMENT}))"


def _number(column: str) -> str:
    return f"int8send(({column})::bigint)"


COLUMNS = {
    "clock": _number("k.id"),
    "case": _number("k.case_id"),
    "category": _number("c.category_id"),
    "severity": _number("coalesce(array_position(%(severities)s::text[], c.severity::text), 0)"),
    "stage": _number("array_position(%(stages)s::text[], k.stage::text) - 1"),
    "unit": _number("array_position(%(units)s::text[], k.time_unit::text) - 1"),
    "amount": _number("coalesce(k.amount, -1)"),
    "began": _moment("k.began_at"),
    "promised": _moment("k.promised_due_at"),
    "due": _moment("k.due_at"),
    "near": _moment("k.near_at"),
    "paused": _number("(k.paused_at IS NOT NULL)::int"),
}

MOMENTS = ("began", "promised", "due", "near")


@dataclass(frozen=True, eq=False)
class Clocks:
    """Clocks that run, a place in each array for each.

    Codes are places in STAGES and UNITS; that of a severity is its place in SEVERITIES + 1, 0 for another.
    """

    clock: NDArray[np.int64]
    case: NDArray[np.int64]
    category: NDArray[np.int64]
    severity: NDArray[np.int64]
    stage: NDArray[np.int64]
    unit: NDArray[np.int64]
    amount: NDArray[np.int64]
    began: Moments
    promised: Moments
    due: Moments
    near: Moments
    paused: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.clock)

    def only(self, which: NDArray[np.bool_]) -> Clocks:
        """Some of them."""
        return Clocks(*(getattr(self, name)[which] for name in COLUMNS))


def parted(lanes: int) -> list[int]:
    """The last cases of all lanes but the last, along each of which about as many clocks run."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        many, found = int(cursor.fetchone()[0]), []
        for lane in range(1, lanes if many else 1):
            cursor.execute(AT_PLACE, {"place": max(many * lane // lanes - 1, 0)})
            found.append(int(cursor.fetchone()[0]))
    return found


def next_cases(after: int, most: int, last: int | None = None) -> int | None:
    """The last case of the next ones that are open, about `most` clocks of them, up to the case `last`; None
    where none is left.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"after": after, "most": most, "last": last})
        found: int | None = cursor.fetchone()[0]
        return found


def locked(after: int, upto: int, floor: datetime) -> list[int]:
    """The cases in a stretch of ids of which a clock ends at `floor` or later by working time, locked."""
    facts: dict[str, Any] = {"after": after, "upto": upto, "floor": floor, "working": COUNTED_IN_WORK}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, facts)
        return [pk for (pk,) in cursor.fetchall()]


def touched(floor: datetime, most: int) -> tuple[list[int], int]:
    """The `most` cases that end first at `floor` or later by working time, and how many there are in all."""
    facts: dict[str, Any] = {"floor": floor, "working": COUNTED_IN_WORK, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, min(k.due_at) AS first, count(*) OVER () FROM store_stageclock k "
            f"WHERE {TOUCHED} GROUP BY case_id ORDER BY first, case_id LIMIT %(most)s",
            facts,
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], rows[0][2] if rows else 0


def clocks_of(cases: Sequence[int]) -> Clocks:
    """The clocks that run on these cases."""
    facts: dict[str, Any] = {
        "cases": array_of_ids(cases),
        "severities": [str(each) for each in SEVERITIES],
        "stages": [str(each) for each in STAGES],
        "units": [str(each) for each in UNITS],
    }
    sent = " || ".join(COLUMNS.values())
    with connection.cursor() as cursor:
        cursor.execute(READ.format(columns=sent), facts)
        [content] = cursor.fetchone()
    numbers = np.frombuffer(content or b"", dtype=">i8").astype(np.int64).reshape(-1, len(COLUMNS))
    found = dict(zip(COLUMNS, np.ascontiguousarray(numbers.T), strict=True))
    return Clocks(**{**found, **{name: found[name] + POSTGRES_EPOCH_US for name in MOMENTS}})


def rows_of(statement: str, cases: Sequence[int]) -> list[tuple[Any, ...]]:
    """What a statement finds of these cases: an array is one parameter, whatever its length."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"cases": array_of_ids(cases)})
        return list(cursor.fetchall())


def array_of_ids(ids: Sequence[int]) -> str:
    """Ids as PostgreSQL writes an array: ten times sooner than a list goes through the driver."""
    return "{" + ",".join(map(str, ids)) + "}"


FILL = "COPY new_ends (clock_id, case_id, kind, paused, was, due_at, near_at) FROM STDIN (FORMAT binary)"

MAKE_ROOM = """
CREATE TEMPORARY TABLE new_ends (clock_id bigint, case_id bigint, kind bigint, paused bigint,
    was timestamptz, due_at timestamptz, near_at timestamptz) ON COMMIT DROP
"""

KINDS = (*(0 for _ in Stage), 1, 2, *(3 for _ in CLOCKS))
"""Of each place in STAGES: a stage of the case, the whole, its check, a task."""

MOVE_CLOCKS = """
UPDATE store_stageclock k SET due_at = n.due_at,
    near_at = CASE WHEN k.near_at IS NULL THEN NULL ELSE n.near_at END
FROM new_ends n WHERE k.id = n.clock_id
"""

MOVE_TASKS = """
UPDATE store_casetask t SET due_at = k.due_at, near_at = k.near_at
FROM new_ends n JOIN store_stageclock k ON k.id = n.clock_id WHERE n.kind = 3 AND t.id = k.task_id
"""

MOVE_CASES = """
UPDATE store_case c SET due_at = CASE WHEN n.paused = 0 THEN n.due_at ELSE c.due_at END,
    near_at = CASE WHEN n.paused = 0 THEN n.near_at ELSE c.near_at END,
    clock_left = c.clock_left + CASE WHEN n.paused = 0 THEN interval '0' ELSE n.due_at - n.was END
FROM new_ends n WHERE c.id = n.case_id AND n.kind = 0
"""
"""A parked case has its review date there, which a person chose; what was left of its stage changes."""

TELL = """
INSERT INTO store_caseevent
    (case_id, at, step, state_before, state_after, actor_id, actor_role, source, reason, changes)
SELECT c.id, %(now)s, 'calendar_changed', c.state, c.state, %(actor)s, %(role)s, %(source)s, %(why)s,
    n.changes
FROM (
    SELECT case_id, jsonb_object_agg(
        CASE kind WHEN 0 THEN 'due_at' WHEN 1 THEN 'total_due_at' WHEN 2 THEN 'check_due_at'
             ELSE 'task_due_at' END,
        jsonb_build_array(was, due_at)) AS changes
    FROM new_ends GROUP BY case_id
) n JOIN store_case c ON c.id = n.case_id
"""


def move(clocks: Clocks, due: Moments, near: Moments, event: Mapping[str, Any]) -> int:
    """Give these clocks their new ends, their cases too, and write it into history; how many cases moved.

    `event` holds now, actor, role, source and why.
    """
    if not len(clocks):
        return 0
    rows = [
        Varying(clocks.clock),
        Varying(clocks.case),
        Varying(np.array(KINDS, dtype=np.int64)[clocks.stage]),
        Varying(clocks.paused),
        timestamps(clocks.due),
        timestamps(due),
        timestamps(near),
    ]
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROOM)
        with cast("Cursor", cursor.cursor).copy(FILL) as copy:
            copy.write(HEADER + pack(rows, len(clocks)) + TRAILER)
        cursor.execute(MOVE_CLOCKS)
        cursor.execute(MOVE_CASES)
        cursor.execute(MOVE_TASKS)
        cursor.execute(TELL, dict(event))
        moved = int(cursor.rowcount)
        cursor.execute("DROP TABLE new_ends")
    return moved


def at(micros: int) -> datetime:
    """A moment of an array."""
    return EPOCH + int(micros) * MICROSECOND
