"""Write lines into the lists of members: many at once, each only once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

KEEP = """
INSERT INTO store_notice (user_id, case_id, event_id, kind, made_at)
SELECT n.member, n.cases, n.event, n.kind, %(now)s
FROM unnest(%(members)s::bigint[], %(cases)s::bigint[], %(events)s::bigint[], %(kinds)s::text[])
     AS n (member, cases, event, kind)
ON CONFLICT DO NOTHING
"""


def keep_notices(lines: Sequence[tuple[int, int, int, str]], now: datetime) -> None:
    """Write lines about events of cases: member, case, event, kind; one statement for all, and no objects,
    since a sweep may tell many thousands. A member who has a line of the event already gets no second one.
    """
    if not lines:
        return
    members, cases, events, kinds = (list(column) for column in zip(*lines, strict=True))
    facts: dict[str, Any] = {"now": now, "members": members, "cases": cases, "events": events}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, facts | {"kinds": kinds})
