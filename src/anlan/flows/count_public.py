"""Changes of the counts of public cases are added up now and then, so that they stay few."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from anlan.store.models import PublicWithdrawal

WITHDRAWALS_KEPT = timedelta(hours=1)
"""Far longer than a page is kept, and than a transaction takes."""

ADD_UP = """
WITH gone AS (
    DELETE FROM store_publiccountchange
    RETURNING cell, county, category, state, month, closed_month, n),
by_cell AS (
    INSERT INTO store_publiccellcount (cell, county, category, state, n)
    SELECT cell, county, category, state, sum(n) FROM gone GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
    ON CONFLICT (cell, county, category, state)
    DO UPDATE SET n = store_publiccellcount.n + excluded.n),
by_month AS (
    INSERT INTO store_publicmonthcount (county, category, state, month, closed_month, n)
    SELECT county, category, state, month, closed_month, sum(n) FROM gone
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
    ON CONFLICT (county, category, state, month, closed_month)
    DO UPDATE SET n = store_publicmonthcount.n + excluded.n)
INSERT INTO store_publiccount (cell, county, category, state, month, n)
SELECT anlan_cell_parent(cell, 6), county, category, state, month, sum(n) FROM gone
GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
ON CONFLICT (cell, county, category, state, month) DO UPDATE SET n = store_publiccount.n + excluded.n
"""
KEPT = ("store_publiccount", "store_publiccellcount", "store_publicmonthcount")


@transaction.atomic
def add_up_counts(*, acting_user: None) -> int:
    """Add the changes so far to the counts; how many counts by cell and month that touched.

    What is read stays the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP)
        touched = int(cursor.rowcount)
        for table in KEPT:
            cursor.execute(f"DELETE FROM {table} WHERE n = 0")
    return touched


def forget_withdrawals(*, acting_user: None, now: datetime) -> int:
    """Forget what was taken from the public before any page was drawn that is still kept; how many."""
    return PublicWithdrawal.objects.filter(at__lt=now - WITHDRAWALS_KEPT).delete()[0]
