"""Counts by the hour of what came from one network, with one text, of one place; a hash stands for each."""

from datetime import datetime
from hashlib import blake2b

from django.db import connection

from anlan.cases.holding import Counted
from anlan.flows.receipts import KEPT, hour_of
from anlan.store.models import CountKind

COUNT = """
WITH counted AS (
    INSERT INTO store_sentcount (kind, mark, hour, count) VALUES (%(kind)s, %(mark)s, %(hour)s, 1)
    ON CONFLICT (kind, mark, hour) DO UPDATE SET count = store_sentcount.count + 1 RETURNING count
)
SELECT counted.count - 1, (
    SELECT coalesce(sum(other.count), 0) FROM store_sentcount other
    WHERE other.kind = %(kind)s AND other.mark = %(mark)s
        AND other.hour > %(since)s AND other.hour <> %(hour)s
) FROM counted
"""
"""One more in this hour; how many that were before, and how many in the other hours of a day."""


def count(kind: CountKind, mark: bytes, now: datetime) -> Counted:
    """Count one more, inside the caller's transaction; how many came before, in this hour and in a day.

    Who counts the same at once waits for the end of that transaction. One query.
    """
    hour = hour_of(now)
    facts: dict[str, str | bytes | datetime]
    facts = {"kind": kind.value, "mark": mark, "hour": hour, "since": hour - KEPT}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, facts)
        in_hour, others = cursor.fetchone()
    return Counted(int(in_hour), int(in_hour) + int(others))


def mark_of(kind: str, what: str, salt: bytes) -> bytes:
    """32 bytes that stand for `what`, from which it cannot be had."""
    return blake2b(what.encode(), key=salt, digest_size=32, person=kind.encode()).digest()
