"""Whether something was taken from the public lately: pages that were drawn before that are drawn anew."""

from typing import NamedTuple

from django.db import connection

WITHDRAWN = "SELECT count(*), coalesce(sum(tx), 0)::text FROM store_publicwithdrawal"


class Withdrawals(NamedTuple):
    """Stands for the transactions of the last hour that took something from the public.

    Two that differ were read before and after one of them became visible to everybody.
    """

    transactions: int
    total: str


def withdrawals() -> Withdrawals:
    """Those that everybody sees by now; one query."""
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAWN)
        return Withdrawals(*cursor.fetchone())
