"""How often the same two people met over a unit's verified cases: counted within the night, kept by nobody.

cases/pairs.py in SQL, for all units at once. Who they are leaves the database in no row: what comes back is a
number for each unit and area, and the table of events that it read is gone when the transaction ends.
"""

from collections.abc import Mapping

from django.db import connection

from anlan.cases.pairs import AGAIN
from anlan.store.models import ScoreRun

MET = """
WITH passing AS (
    SELECT DISTINCT ON (case_id) case_id, id, at, actor_id FROM score_told WHERE step = 'pass'
    ORDER BY case_id, at, id
), rectified AS (
    SELECT DISTINCT ON (r.case_id) r.case_id, r.actor_id
    FROM score_told r JOIN passing p ON p.case_id = r.case_id AND (r.at, r.id) < (p.at, p.id)
    WHERE r.step = 'rectify' ORDER BY r.case_id, r.at DESC, r.id DESC
), met AS (
    SELECT c.handler_path, c.area_path, r.actor_id AS one, p.actor_id AS other, count(*) AS times
    FROM store_scoredcase c
    JOIN passing p ON p.case_id = c.case_id
    JOIN rectified r ON r.case_id = c.case_id
    WHERE c.run_id = %(run)s AND c.verified AND c.handler_path <> ''
      AND r.actor_id IS NOT NULL AND p.actor_id IS NOT NULL
    GROUP BY c.handler_path, c.area_path, r.actor_id, p.actor_id
), most AS (
    SELECT DISTINCT ON (handler_path) handler_path, one, other FROM met
    GROUP BY handler_path, one, other HAVING sum(times) >= %(again)s
    ORDER BY handler_path, sum(times) DESC, one, other
)
SELECT handler_path, area_path, sum(times)::int FROM met JOIN most USING (handler_path, one, other)
GROUP BY handler_path, area_path
"""

Met = Mapping[tuple[str, str], int]
"""(path of the unit that rectified, path of the area) -> cases of the unit's most frequent pair."""


def met_again(run: ScoreRun) -> Met:
    """The counts of `run`, in the transaction in which fill_scored_cases filled it."""
    with connection.cursor() as cursor:
        cursor.execute(MET, {"run": run.pk, "again": AGAIN})
        return {(handler, area): times for handler, area, times in cursor.fetchall()}
