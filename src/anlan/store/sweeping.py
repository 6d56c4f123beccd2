"""Claim the clocks (of stages, tasks, checks and whole cases) whose next rung is due, each only once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

CLAIM = """
WITH claimed AS (
    SELECT k.id, k.case_id, k.task_id, k.stage, k.rung AS before, {reached} AS reached
    FROM store_stageclock k
    WHERE k.near_at <= %(now)s AND k.ended_at IS NULL AND k.paused_at IS NULL AND k.rung < %(last)s
          AND k.rung < {reached}
    ORDER BY k.near_at, k.id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE store_stageclock k SET rung = claimed.reached FROM claimed WHERE k.id = claimed.id
), kept AS (
    INSERT INTO store_escalation (case_id, clock_id, rung, at, hears)
    SELECT case_id, id, step, %(now)s, step = reached OR step > %(near)s
    FROM claimed, generate_series(before + 1, reached) AS step
    ON CONFLICT (clock_id, rung) DO NOTHING
)
INSERT INTO store_caseevent
    (case_id, at, step, state_before, state_after, actor_role, source, reason, changes)
SELECT c.id, %(now)s, 'escalated', c.state, c.state, '', 'system', '',
       jsonb_build_object('rung', jsonb_build_array(claimed.before, claimed.reached),
                          'clock', jsonb_build_array(claimed.id, claimed.id),
                          'clock_of', jsonb_build_array(claimed.stage, claimed.stage))
       || CASE WHEN t.id IS NULL THEN '{{}}'::jsonb
          ELSE jsonb_build_object('task', jsonb_build_array(t.id, t.id),
                                  'task_unit', jsonb_build_array(u.name, u.name),
                                  'task_state', jsonb_build_array(t.state, t.state)) END
FROM claimed JOIN store_case c ON c.id = claimed.case_id
LEFT JOIN store_casetask t ON t.id = claimed.task_id
LEFT JOIN store_unit u ON u.id = t.unit_id
"""


def claim(now: datetime, near: int, grace: Mapping[int, timedelta], most: int) -> int:
    """Move up to `most` running clocks to the rung that is due now, and keep what happened; how many.

    `near` is the rung of a stage that is near its end, `grace` says how long after the end each higher one is
    due. It is one statement: a worker that dies leaves all of it or nothing, and two who sweep at once take
    different rows.
    """
    steps = sorted(grace.items(), reverse=True)
    over = "".join(f" WHEN k.due_at + %(grace{rung})s <= %(now)s THEN {rung}" for rung, _ in steps)
    reached = f"(CASE{over} ELSE {near} END)"
    facts: dict[str, Any] = {f"grace{rung}": span for rung, span in steps}
    facts |= {"near": near, "now": now, "last": steps[0][0], "most": most}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(reached=reached), facts)
        return int(cursor.rowcount)


TOLD = """
UPDATE store_escalation e SET told_at = %(now)s, told_unit_id = n.unit, told_rung = n.rung
FROM unnest(%(ids)s::bigint[], %(units)s::bigint[], %(rungs)s::int[]) AS n (id, unit, rung) WHERE e.id = n.id
"""


def keep_told(told: Sequence[tuple[int, int | None, int]], now: datetime) -> None:
    """Write down to whom escalations were told: id, unit, rung; one statement."""
    ids, units, rungs = zip(*told, strict=True) if told else ((), (), ())
    with connection.cursor() as cursor:
        cursor.execute(TOLD, {"now": now, "ids": list(ids), "units": list(units), "rungs": list(rungs)})
