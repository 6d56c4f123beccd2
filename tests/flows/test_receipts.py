"""Wrong codes are counted by network, without the address."""

from datetime import timedelta

import pytest
from django.db import connection

from anlan.base.errors import NotFound, Refused
from anlan.flows.receipts import PAUSE, WRONG_AN_HOUR, find_report, network_mark
from anlan.store.models import WrongCodes
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
WRONG = "0000 0000 0000 0000"
HOUR = timedelta(hours=1)


def guess(times: int, address: str = "203.0.113.7") -> None:
    for _ in range(times):
        with pytest.raises(NotFound):
            find_report(acting_user=None, typed=WRONG, address=address, now=NOON)


def test_after_five_wrong_codes_the_network_waits() -> None:
    guess(WRONG_AN_HOUR)

    with pytest.raises(Refused) as no:
        find_report(acting_user=None, typed=WRONG, address="203.0.113.99", now=NOON)

    assert (no.value.reason, no.value.facts) == ("wait", {"seconds": 21})


def test_it_may_try_again_after_the_pause_and_freely_in_the_next_hour() -> None:
    guess(WRONG_AN_HOUR)

    for later in (NOON + PAUSE, NOON + HOUR):
        with pytest.raises(NotFound):
            find_report(acting_user=None, typed=WRONG, address="203.0.113.7", now=later)


@pytest.mark.parametrize("other", ["203.0.114.7", "2001:db8::1", "not an address"])
def test_another_network_does_not_wait(other: str) -> None:
    guess(WRONG_AN_HOUR)

    guess(1, address=other)


def test_no_address_is_kept_and_counts_go_after_a_day() -> None:
    guess(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text FROM store_wrongcodes w")
        assert "203.0" not in str(cursor.fetchall())

    with pytest.raises(NotFound):
        find_report(acting_user=None, typed=WRONG, address="198.51.100.1", now=NOON + 26 * HOUR)

    assert list(WrongCodes.objects.values_list("count", flat=True)) == [1]


def test_one_network_has_one_mark() -> None:
    salt = b"\x01" * 32

    marks = {network_mark(address, salt) for address in ("203.0.113.1", "203.0.113.254")}
    marks |= {network_mark(address, salt) for address in ("2001:db8:1:2::3", "2001:db8:1:ffff::9")}

    assert len(marks) == 2
