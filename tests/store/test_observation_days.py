"""The parts of the tables of readings."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error
from django.test.utils import CaptureQueriesContext

from anlan.store.models import DeviceEvent, Observation, ObservationHour
from anlan.store.observation_days import drop_before, make_ahead, make_days, stored_parts
from tests.cast import Cast
from tests.devices import a_pond_gauge

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_days_are_made_once_and_with_all_that_goes_with_them() -> None:
    assert make_days([DAY, DAY, DAY + timedelta(days=1)]) == 5
    assert make_days([DAY]) == 0
    assert [part.name for part in stored_parts()] == [
        "observation_20261123",
        "observation_20261124",
        "observation_hour_20261101",
        "observation_minute_20261123",
        "observation_minute_20261124",
    ]


@pytest.mark.django_db
def test_many_days_are_made_a_few_at_a_time_since_locks_are_scarce() -> None:
    with CaptureQueriesContext(connection) as queries:
        made = make_days(DAY + timedelta(days=ahead) for ahead in range(30))
    locked = [each["sql"] for each in queries if "advisory" in each["sql"]]
    assert (made, len(locked)) == (62, 4)


@pytest.mark.django_db
def test_a_reading_is_known_by_series_and_time() -> None:
    make_days([DAY])
    Observation.objects.create(series_id=7, at=NOON, value=1.5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(series_id=7, at=NOON, value=2.5)
    ObservationHour.objects.create(series_id=7, at=NOON, count=1, sum=1.5, low=1.5, high=1.5)
    assert Observation.objects.get(pk=(7, NOON)).value == 1.5


@pytest.mark.django_db
def test_a_day_without_a_part_takes_no_reading() -> None:
    make_days([DAY])
    with pytest.raises(Error), transaction.atomic():
        Observation.objects.create(series_id=7, at=NOON + timedelta(days=1), value=1.0)


@pytest.mark.django_db
def test_days_are_midnight_to_midnight_in_utc_whatever_the_session_says() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")
    make_days([DAY])
    Observation.objects.create(series_id=7, at=datetime(2026, 11, 23, tzinfo=UTC), value=1.0)
    Observation.objects.create(series_id=7, at=datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), value=1.0)


@pytest.mark.django_db
def test_old_days_are_dropped_and_others_stay() -> None:
    make_days(DAY + timedelta(days=ahead) for ahead in range(3))
    assert drop_before(DAY + timedelta(days=2)) == [
        "observation_20261123",
        "observation_20261124",
        "observation_minute_20261123",
        "observation_minute_20261124",
    ]
    assert drop_before(DAY + timedelta(days=2)) == []
    assert [part.name for part in stored_parts()] == [
        "observation_20261125",
        "observation_hour_20261101",
        "observation_minute_20261125",
    ]


@pytest.mark.django_db
def test_days_ahead_begin_with_yesterday() -> None:
    assert make_ahead(NOON, days=1) == 7
    assert min(part.first for part in stored_parts() if part.table == "observation") == date(2026, 11, 22)


@pytest.mark.django_db
def test_no_reading_fires_a_trigger() -> None:
    make_days([DAY])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relname LIKE 'observation%' OR relname IN ('latest_value', 'quarantined')"
        )
        assert cursor.fetchone() == (0,)


def test_what_happened_to_a_device_cannot_be_changed(cast: Cast) -> None:
    event = DeviceEvent.objects.create(device=a_pond_gauge(cast), at=NOON, action="registered")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        DeviceEvent.objects.filter(id=event.id).update(action="removed")
