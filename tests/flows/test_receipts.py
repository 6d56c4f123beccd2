"""Wrong codes are counted by network, without the address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from anlan.base.errors import NotFound, Refused
from anlan.flows import receipts
from anlan.flows.receipts import (
    PAUSE,
    WRONG_AN_HOUR,
    count_code,
    follow_code,
    hour_of,
    installation_salt,
    network_mark,
)
from anlan.flows.submit_report import Told, submit_report
from anlan.publishing.receipts import EARLIER_COST, slow_hash
from anlan.store.models import Report, WrongCodes
from tests.cast import Cast
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
WRONG = "0000 0000 0000 0000"
HOUR = timedelta(hours=1)


def guess(times: int, address: str = "203.0.113.7") -> None:
    for _ in range(times):
        with pytest.raises(NotFound):
            follow_code(acting_user=None, typed=WRONG, address=address, now=NOON)


def guessed(times: int) -> WrongCodes:
    """What `guess` leaves behind, without the tenth of a second that each try takes."""
    network = network_mark("203.0.113.7", installation_salt())
    counts = {"count": times, "asked": times, "last_at": NOON}
    return WrongCodes.objects.create(network=network, hour=hour_of(NOON), **counts)


def test_after_five_wrong_codes_the_network_waits() -> None:
    guess(WRONG_AN_HOUR)

    with pytest.raises(Refused) as no:
        follow_code(acting_user=None, typed=WRONG, address="203.0.113.99", now=NOON)

    assert (no.value.reason, no.value.facts) == ("wait", {"seconds": 21})
    left = WrongCodes.objects.values("network", "hour", "count", "asked", "last_at")
    (by_tries,) = list(left)
    WrongCodes.objects.all().delete()
    guessed(WRONG_AN_HOUR)
    assert list(left.all()) == [by_tries]


@pytest.mark.django_db(transaction=True)
def test_codes_tried_at_once_wait_as_those_in_a_row_do() -> None:
    def tried(_: int) -> str:
        try:
            follow_code(acting_user=None, typed=WRONG, address="203.0.113.7", now=NOON)
        except (NotFound, Refused) as no:
            return type(no).__name__
        finally:
            connection.close()
        return "found"

    installation_salt()
    with ThreadPoolExecutor(8) as browsers:
        answers = sorted(browsers.map(tried, range(8)))

    assert answers == ["NotFound"] * WRONG_AN_HOUR + ["Refused"] * (8 - WRONG_AN_HOUR)


def test_a_right_code_makes_nobody_wait(cast: Cast) -> None:
    told = Told("water", "The rail is broken.", "990101001201")
    code = submit_report(acting_user=None, token="a-token-of-a-form", told=told, now=NOON).code
    guessed(WRONG_AN_HOUR - 1)
    later = NOON + HOUR / 2

    for _ in range(3):
        follow_code(acting_user=None, typed=str(code), address="203.0.113.7", now=later)

    row = WrongCodes.objects.get()
    assert (row.count, row.asked, row.last_at) == (WRONG_AN_HOUR - 1, WRONG_AN_HOUR + 2, NOON)


def test_a_code_whose_hash_is_of_the_cost_before_still_leads_to_its_report(cast: Cast) -> None:
    told = Told("water", "The rail is broken.", "990101001201")
    sent = submit_report(acting_user=None, token="a-token-of-a-form", told=told, now=NOON)
    assert sent.code
    kept = slow_hash(sent.code, installation_salt(), EARLIER_COST)
    Report.objects.filter(pk=sent.report_id).update(receipt_hash=kept)

    found = follow_code(acting_user=None, typed=sent.code, address="203.0.113.7", now=NOON)
    again = submit_report(acting_user=None, token="a-token-of-a-form", told=told, now=NOON)

    assert (found.report_id, again.code) == (sent.report_id, sent.code)


def test_a_network_asks_about_so_many_codes_in_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "CODES_AN_HOUR", 3)
    for _ in range(3):
        count_code(acting_user=None, address="203.0.113.7", now=NOON)

    for ask in (count_code, partial(follow_code, typed=WRONG)):
        with pytest.raises(Refused) as no:
            ask(acting_user=None, address="203.0.113.99", now=NOON)
        assert (no.value.reason, no.value.facts) == ("too_many_codes", {"again": NOON + HOUR})
    count_code(acting_user=None, address="203.0.113.7", now=NOON + HOUR)


def test_it_may_try_again_after_the_pause_and_freely_in_the_next_hour() -> None:
    guessed(WRONG_AN_HOUR)

    for later in (NOON + PAUSE, NOON + HOUR):
        with pytest.raises(NotFound):
            follow_code(acting_user=None, typed=WRONG, address="203.0.113.7", now=later)


@pytest.mark.parametrize("other", ["203.0.114.7", "2001:db8::1", "not an address"])
def test_another_network_does_not_wait(other: str) -> None:
    guessed(WRONG_AN_HOUR)

    guess(1, address=other)


def test_no_address_is_kept_and_counts_go_after_a_day() -> None:
    guess(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text FROM store_wrongcodes w")
        assert "203.0" not in str(cursor.fetchall())

    with pytest.raises(NotFound):
        follow_code(acting_user=None, typed=WRONG, address="198.51.100.1", now=NOON + 26 * HOUR)

    assert list(WrongCodes.objects.values_list("count", flat=True)) == [1]


def test_one_network_has_one_mark() -> None:
    salt = b"\x01" * 32

    marks = {network_mark(address, salt) for address in ("203.0.113.1", "203.0.113.254")}
    marks |= {network_mark(address, salt) for address in ("2001:db8:1:2::3", "2001:db8:1:ff::9")}

    assert len(marks) == 2
