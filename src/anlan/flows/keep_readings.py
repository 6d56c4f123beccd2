"""Room for the readings of the days to come, and none for those whose time is over."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection

from anlan.store.observation_days import drop_before, make_ahead

KEPT_ASIDE = 100
KEPT_ASIDE_FOR = timedelta(days=30)
"""Of each device the newest readings that were not believed are kept, so many and for so long."""


def keep_readings(*, acting_user: None, now: datetime) -> list[str]:
    """Make the parts of the next days and drop those past ANLAN_READINGS_DAYS; the names of the dropped."""
    make_ahead(now)
    forget_aside(now)
    last = (now - timedelta(days=settings.ANLAN_READINGS_DAYS)).astimezone(UTC).date()
    try:
        return drop_before(last)
    except OperationalError:  # a long query reads them: the next hour tries again
        return []


FORGET = """
DELETE FROM quarantined WHERE received_at < %s OR id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY device ORDER BY received_at DESC, id DESC) AS place
        FROM quarantined
    ) AS each WHERE place > %s
)
"""


def forget_aside(now: datetime) -> int:
    """Forget what was kept aside too long or is too much; how many. `quarantine_count` still counts them."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [now - KEPT_ASIDE_FOR, KEPT_ASIDE])
        return int(cursor.rowcount)
