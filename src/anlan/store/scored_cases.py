"""The cases of one month with their facts, for all cases at once: cases/scored_facts.py in SQL.

Only cases of which something happened, or whose rectification fell due, within the month are read, with their
whole history up to the cut-off.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from anlan.cases.scored_facts import QUICK, REOPEN_COUNTS_FOR
from anlan.store.models import ScoreRun

TOUCHED = """
CREATE TEMPORARY TABLE score_touched ON COMMIT DROP AS
SELECT case_id FROM store_caseevent WHERE at >= %(start)s AND at < %(end)s AND at <= %(cut_off)s
UNION
SELECT case_id FROM store_stageclock
WHERE stage = 'handle' AND due_at >= %(start)s AND due_at < %(end)s AND due_at <= %(cut_off)s
  AND began_at <= %(cut_off)s AND (paused_at IS NULL OR paused_at >= due_at)
UNION
SELECT r.case_id FROM store_residentanswer a JOIN store_report r ON r.id = a.report_id
WHERE a.at >= %(start)s AND a.at < %(end)s AND a.at <= %(cut_off)s
"""

TOLD = """
CREATE TEMPORARY TABLE score_told ON COMMIT DROP AS
SELECT e.case_id, e.id, e.at, e.step, e.actor_id, e.actor_unit_id, e.changes ? 'category' AS recategorised,
       e.at >= %(start)s AND e.at < %(end)s AS within
FROM score_touched t JOIN store_caseevent e ON e.case_id = t.case_id AND e.at <= %(cut_off)s
"""

FACTS = """
WITH firsts AS (
    SELECT case_id, bool_or(within) AS within,
           min(ARRAY[extract(epoch FROM at), id, actor_unit_id, (step = 'accept')::int])
               FILTER (WHERE step IN ('accept', 'reject')) AS decision,
           min(ARRAY[extract(epoch FROM at), id, actor_unit_id]) FILTER (WHERE step = 'dispatch') AS sending,
           min(ARRAY[extract(epoch FROM at), id, actor_unit_id]) FILTER (WHERE step = 'pass') AS passing,
           min(at) FILTER (WHERE step IN ('accept', 'reject')) AS decided_at,
           min(at) FILTER (WHERE step = 'dispatch') AS sent_at,
           min(at) FILTER (WHERE step IN ('pass', 'fail')) AS checked_at,
           min(at) FILTER (WHERE step = 'pass') AS passed_at,
           min(at) FILTER (WHERE step = 'close') AS ended_at,
           max(at) FILTER (WHERE step = 'close') AS last_ended_at,
           coalesce(bool_or(step IN ('return', 'recall')), false) AS sent_wrong,
           coalesce(bool_or(step = 'fail'), false) AS failed,
           coalesce(bool_or(step = 'reopen'), false) AS reopened,
           coalesce(bool_or(step = 'park' AND within), false) AS parked,
           coalesce(bool_or(step = 'cancel' AND within), false) AS cancelled,
           coalesce(bool_or(step = 'merge' AND within), false) AS merged,
           max(ARRAY[extract(epoch FROM at), id, (step = 'merge')::int, within::int])
               FILTER (WHERE step IN ('merge', 'unmerge')) AS joined,
           coalesce(bool_or(step IN ('drawn_again', 'task_drawn_again') AND within), false) AS redrawn,
           coalesce(bool_or(recategorised AND within), false) AS recategorised
    FROM score_told GROUP BY case_id
), soon_reopened AS (
    SELECT DISTINCT r.case_id FROM score_told r JOIN score_told c ON c.case_id = r.case_id
    WHERE r.step = 'reopen' AND c.step = 'close' AND r.at > c.at AND r.at <= c.at + %(reopen_counts_for)s
), looks AS (
    SELECT v.case_id, bool_or(v.passed AND v.kind = 'on_site') AS on_site, bool_or(NOT v.passed) AS failed
    FROM score_touched t JOIN store_verification v ON v.case_id = t.case_id AND v.at <= %(cut_off)s
    GROUP BY v.case_id
), answers AS (
    SELECT r.case_id, bool_and(a.satisfied) AS satisfied
    FROM store_residentanswer a JOIN store_report r ON r.id = a.report_id
    WHERE a.at >= %(start)s AND a.at < %(end)s AND a.at <= %(cut_off)s
    GROUP BY r.case_id
), returns AS (
    SELECT DISTINCT earlier_id AS case_id FROM store_recurrence
    WHERE at <= %(cut_off)s AND (undone_at IS NULL OR undone_at > %(cut_off)s)
), sent_back AS (
    SELECT DISTINCT case_id, at FROM score_told WHERE step IN ('return', 'recall', 'cancel')
), turns AS MATERIALIZED (
    SELECT s.case_id, s.unit_path, s.began_at, s.due_at, s.ended_at, s.id,
           s.due_at >= %(start)s AND s.due_at < %(end)s AND s.due_at <= %(cut_off)s
               AND (s.paused_at IS NULL OR s.paused_at >= s.due_at) AS due
    FROM score_touched t CROSS JOIN LATERAL (
        SELECT * FROM store_stageclock k WHERE k.case_id = t.case_id AND k.stage = 'handle' OFFSET 0
    ) s  -- case by case: else the clocks of all times are read for those of a month
    LEFT JOIN sent_back b ON b.case_id = s.case_id AND b.at = s.ended_at
    WHERE s.began_at <= %(cut_off)s
      AND (s.ended_at > s.due_at OR b.case_id IS NULL)
), parked_late AS (
    SELECT DISTINCT p.case_id FROM score_told p JOIN store_stageclock s ON s.case_id = p.case_id
    WHERE p.within AND p.step = 'park' AND s.stage = 'handle' AND s.began_at <= p.at AND s.due_at < p.at
      AND (s.ended_at IS NULL OR s.ended_at >= p.at)
), due AS (
    SELECT DISTINCT ON (case_id) * FROM turns WHERE due ORDER BY case_id, began_at, id
), latest AS (
    SELECT DISTINCT ON (case_id) case_id, unit_path FROM turns ORDER BY case_id, began_at DESC, id DESC
), facts AS MATERIALIZED (
    SELECT
        %(run)s AS run_id, f.case_id, c.area_path, coalesce(decider.path, '') AS decider_path,
        coalesce(dispatcher.path, '') AS dispatcher_path,
        coalesce(due.unit_path, latest.unit_path, decider.path, '') AS handler_path,
        coalesce(verifier.path, '') AS verifier_path,
        coalesce(reporter.path, ''),
        coalesce(f.decided_at >= %(start)s AND f.decided_at < %(end)s, false),
        coalesce(f.decision[4] = 1, false),
        reported.case_id IS NOT NULL,
        coalesce(f.sent_at >= %(start)s AND f.sent_at < %(end)s, false), f.sent_wrong AS sent_wrong,
        due.case_id IS NOT NULL, coalesce(due.ended_at <= due.due_at, false),
        coalesce(due.case_id IS NOT NULL AND f.last_ended_at >= due.began_at, false),
        coalesce(f.checked_at >= %(start)s AND f.checked_at < %(end)s, false),
        redo.needed AS redone, NOT redo.needed AND returns.case_id IS NULL AS fixed_first,
        coalesce(f.passed_at >= %(start)s AND f.passed_at < %(end)s, false) AS verified,
        coalesce(looks.on_site, false),
        coalesce(f.ended_at >= %(start)s AND f.ended_at < %(end)s, false),
        (c.lng IS NOT NULL OR c.site_id IS NOT NULL) AND category.recurs_metres > 0,
        returns.case_id IS NOT NULL AS recurred,
        answers.case_id IS NOT NULL, coalesce(answers.satisfied, false),
        f.parked, parked_late.case_id IS NOT NULL, f.cancelled, f.merged,
        coalesce(f.joined[3] = 1 AND f.joined[4] = 1, false), f.redrawn, f.recategorised,
        coalesce(f.ended_at - c.opened_at <= %(quick)s, false), coalesce(out.indices, '{}')
    FROM firsts f
    JOIN store_case c ON c.id = f.case_id
    JOIN store_category category ON category.id = c.category_id
    LEFT JOIN due ON due.case_id = f.case_id
    LEFT JOIN latest ON latest.case_id = f.case_id
    LEFT JOIN soon_reopened soon ON soon.case_id = f.case_id
    LEFT JOIN looks ON looks.case_id = f.case_id
    LEFT JOIN answers ON answers.case_id = f.case_id
    LEFT JOIN returns ON returns.case_id = f.case_id
    LEFT JOIN parked_late ON parked_late.case_id = f.case_id
    CROSS JOIN LATERAL (
        SELECT f.failed OR soon.case_id IS NOT NULL OR coalesce(looks.failed, false) AS needed
    ) redo
    LEFT JOIN store_unit decider ON decider.id = f.decision[3]::bigint
    LEFT JOIN store_unit dispatcher ON dispatcher.id = f.sending[3]::bigint
    LEFT JOIN store_unit verifier ON verifier.id = f.passing[3]::bigint
    LEFT JOIN (
        SELECT r.case_id, min(r.typed_by_id) AS typed_by_id
        FROM score_touched t JOIN store_report r ON r.case_id = t.case_id
        WHERE r.channel = 'field' GROUP BY r.case_id
    ) reported ON reported.case_id = f.case_id
    LEFT JOIN LATERAL (
        SELECT min(m.unit_path) AS path FROM store_membership m
        WHERE m.user_id = reported.typed_by_id AND m.role = 'field_worker'
    ) reporter ON reported.typed_by_id IS NOT NULL
    LEFT JOIN (
        SELECT case_id, array_agg(index::text) AS indices FROM store_scoreappeal
        WHERE run_id = %(run)s AND accepted GROUP BY case_id
    ) out ON out.case_id = f.case_id
    WHERE f.within OR due.case_id IS NOT NULL OR answers.case_id IS NOT NULL
)
"""

FILL = (
    FACTS
    + """
, pairs AS (
    SELECT DISTINCT ON (handler_path) handler_path, verifier_path FROM facts
    WHERE verified AND verifier_path <> '' GROUP BY handler_path, verifier_path
    ORDER BY handler_path, count(*) DESC, verifier_path
)
INSERT INTO store_scoredcase (
    run_id, case_id, area_path, decider_path, dispatcher_path, handler_path, verifier_path, reporter_path,
    decided, accepted, fielded, sent, sent_wrong, due, on_time, closed, checked, redone, fixed_first,
    verified, on_site, ended, findable, recurred, answered, satisfied, parked, parked_late, cancelled,
    merged, merge_stands, redrawn, recategorised, quick, left_out, same_pair)
SELECT facts.*,
       verified AND (handler_path, verifier_path) IN (SELECT handler_path, verifier_path FROM pairs)
FROM facts
"""
)


def fill_scored_cases(run: ScoreRun, start: datetime, end: datetime) -> int:
    """Replace the cases of `run`, the month from `start` to `end`; how many there are."""
    facts = facts_of(run, start, end, run.cut_off)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_scoredcase WHERE run_id = %(run)s", facts)
        read_history(cursor, TOUCHED, facts)
        cursor.execute(FILL, facts)
        return int(cursor.rowcount)


def facts_of(run: ScoreRun, start: datetime, end: datetime, cut_off: datetime) -> dict[str, Any]:
    """What the statements here are asked with."""
    return {
        "run": run.pk,
        "start": start,
        "end": end,
        "cut_off": cut_off,
        "quick": QUICK,
        "reopen_counts_for": REOPEN_COUNTS_FOR,
    }


def read_history(cursor: CursorWrapper, touched: str, facts: dict[str, Any]) -> None:
    """Fill the temporary tables: the cases that `touched` finds, and what was told of them."""
    for table, fill in (("score_touched", touched), ("score_told", TOLD)):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(fill, facts)
        cursor.execute(f"ANALYZE {table}")  # else the whole history is read for a month's few cases
