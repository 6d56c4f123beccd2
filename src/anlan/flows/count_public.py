"""Changes of the counts of public cases are added up now and then, so that they stay few."""

from django.db import connection, transaction

ADD_UP = """
WITH gone AS (DELETE FROM store_publiccountchange RETURNING cell, county, category, state, month, n),
net AS (
    SELECT cell, county, category, state, month, sum(n) AS n FROM gone
    GROUP BY cell, county, category, state, month HAVING sum(n) <> 0)
INSERT INTO store_publiccount (cell, county, category, state, month, n)
SELECT cell, county, category, state, month, n FROM net
ON CONFLICT (cell, county, category, state, month) DO UPDATE SET n = store_publiccount.n + excluded.n
"""
EMPTY = "DELETE FROM store_publiccount WHERE n = 0"


@transaction.atomic
def add_up_counts(*, acting_user: None) -> int:
    """Add the changes so far to the counts; how many counts that touched. What is read stays the same."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP)
        touched = int(cursor.rowcount)
        cursor.execute(EMPTY)
    return touched
