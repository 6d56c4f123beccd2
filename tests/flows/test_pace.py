"""What one network sends in an hour is counted and bounded, without its address."""

from datetime import timedelta

import pytest
from django.db import connection

from anlan.base.errors import Refused
from anlan.flows.pace import count_sent
from anlan.store.models import Sendings
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def ten_an_hour(settings) -> None:
    settings.ANLAN_SENDINGS_PER_HOUR = 10


def send(pieces: int, address: str = "203.0.113.7", now=NOON) -> None:
    count_sent(acting_user=None, address=address, pieces=pieces, now=now)


def test_a_network_that_sent_its_share_waits_for_the_next_hour() -> None:
    send(9)

    with pytest.raises(Refused) as no:
        send(2, address="203.0.113.250", now=NOON + timedelta(minutes=30))

    assert (no.value.reason, no.value.facts) == ("too_many_sent", {"again": NOON + HOUR})


def test_what_was_refused_is_not_counted() -> None:
    send(9)
    with pytest.raises(Refused):
        send(2)

    send(1)

    assert Sendings.objects.get().count == 10


@pytest.mark.parametrize("other", ["203.0.114.7", "2001:db8::1", ""])
def test_another_network_does_not_wait(other: str) -> None:
    send(10)

    send(10, address=other)


def test_in_the_next_hour_it_may_send_again() -> None:
    send(10)

    send(10, now=NOON + HOUR)


def test_no_address_is_kept_and_counts_go_after_a_day() -> None:
    send(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM store_sendings s")
        assert "203.0" not in str(cursor.fetchall())

    send(3, now=NOON + 26 * HOUR)

    assert list(Sendings.objects.values_list("count", flat=True)) == [3]
