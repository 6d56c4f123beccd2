"""Room for the readings of the days to come, and none for those whose time is over."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import OperationalError

from anlan.store.observation_days import drop_before, make_ahead


def keep_readings(*, acting_user: None, now: datetime) -> list[str]:
    """Make the parts of the next days and drop those past ANLAN_READINGS_DAYS; the names of the dropped."""
    make_ahead(now)
    last = (now - timedelta(days=settings.ANLAN_READINGS_DAYS)).astimezone(UTC).date()
    try:
        return drop_before(last)
    except OperationalError:  # a long query reads them: the next hour tries again
        return []
