"""The cases of a published month of which more is known now: cases/scored_facts.revised in SQL.

Only cases of which something came late are read again. A case that changed gets a row of the revision; the
row before stays, marked as superseded, so that the lists behind the figures of both add up.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from anlan.cases.indices import REVISED_FACTS
from anlan.store.models import ScoredCase, ScoreRun
from anlan.store.scored_cases import FACTS, facts_of, read_history

LATE = """
CREATE TEMPORARY TABLE score_touched ON COMMIT DROP AS
SELECT case_id FROM store_scoredcase WHERE run_id = %(run)s AND superseded IS NULL AND case_id IN (
    SELECT case_id FROM store_caseevent
    WHERE at > %(known)s AND at <= %(cut_off)s AND step IN ('fail', 'reopen', 'return', 'recall')
    UNION
    SELECT case_id FROM store_verification WHERE at > %(known)s AND at <= %(cut_off)s AND NOT passed
    UNION
    SELECT earlier_id FROM store_recurrence
    WHERE (at > %(known)s AND at <= %(cut_off)s) OR (undone_at > %(known)s AND undone_at <= %(cut_off)s)
)
"""


def _listed(table: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


CHANGED = f"""
CREATE TEMPORARY TABLE score_changed ON COMMIT DROP AS
{FACTS}
SELECT s.id, {_listed("facts", REVISED_FACTS)}
FROM facts JOIN store_scoredcase s
     ON s.run_id = %(run)s AND s.case_id = facts.case_id AND s.superseded IS NULL
WHERE ({_listed("s", REVISED_FACTS)}) IS DISTINCT FROM ({_listed("facts", REVISED_FACTS)})
"""

SUPERSEDE = """
UPDATE store_scoredcase s SET superseded = %(number)s FROM score_changed c WHERE c.id = s.id
"""

KEPT = tuple(
    field.column
    for field in ScoredCase._meta.concrete_fields
    if field.column and field.column not in ("id", "revision", "superseded", *REVISED_FACTS)
)

ADD = f"""
INSERT INTO store_scoredcase (revision, {", ".join((*KEPT, *REVISED_FACTS))})
SELECT %(number)s, {_listed("s", KEPT)}, {_listed("c", REVISED_FACTS)}
FROM score_changed c JOIN store_scoredcase s ON s.id = c.id
"""


def revise_cases(
    run: ScoreRun, number: int, *, known: datetime, cut_off: datetime, month: tuple[datetime, datetime]
) -> int:
    """Bring the cases of a published month to what is known at `cut_off`; how many changed.

    `known` is the cut-off until which they were known before, `month` its beginning and end.
    """
    facts = facts_of(run, *month, cut_off) | {"known": known, "number": number}
    with connection.cursor() as cursor:
        read_history(cursor, LATE, facts)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.score_changed")
        cursor.execute(CHANGED, facts)
        cursor.execute(SUPERSEDE, facts)
        cursor.execute(ADD, facts)
        return int(cursor.rowcount)
