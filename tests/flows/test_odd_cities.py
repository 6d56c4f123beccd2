"""Other cities' servers that answer oddly, late, or not at all never break what goes to the others."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anlan.cases.terms import State
from anlan.channels import http
from anlan.flows.fetch_cities import fetch_requests
from anlan.flows.follow_cities import follow_cases
from anlan.flows.manage_other_cities import CityFacts, add_city, hand_over_again
from anlan.flows.other_cities import gather_cases, hand_over_cases
from anlan.store.models import Case, CaseEvent, HandedOver, OtherCity, Report
from tests.cast import Cast
from tests.channels.odd_city import OddCity, dripping, odd_city
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
LATER = NOW + timedelta(minutes=5)
NOTHING = (404, b"")
RUBBISH: list[Any] = [
    "a word",
    {},
    {"service_request_id": None, "requested_datetime": "now"},
    {"service_request_id": {"a": [1]}, "status": ["open"], "requested_datetime": "2026-11-02T09:30:00Z"},
    {"service_request_id": "\x00", "requested_datetime": "2026-11-02T09:30:00Z"},
    {
        "service_request_id": "odd\x00\ud800",
        "service_code": 7,
        "service_name": "n" * 500,
        "description": "w" * 2_000_000,
        "requested_datetime": "2026-11-02T09:30:00Z",
        "updated_datetime": "9999-99-99",
        "status": "shut",
        "lat": "north",
        "long": 1e300,
        "address": {"street": "?"},
        "notes": [{"datetime": 3}, 4, None],
    },
]


def handed(cast: Cast, city: OddCity, **columns: Any) -> HandedOver:
    """A case that is in this city."""
    other = a_city(cast, city, sends=True)
    case = walked_to(State.DISPATCHED, cast, NOW - timedelta(days=1))
    facts = {"sent_at": NOW, "ask_at": NOW, "send_at": NOW} | columns
    return HandedOver.objects.create(city=other, case=case, **facts)


def a_city(cast: Cast, city: OddCity, **facts: Any) -> OtherCity:
    known = OtherCity.objects.filter(name="Odd").first()
    asked = CityFacts(city.address, "open_water", "W1", **facts)
    return known or add_city(acting_user=cast.grace, name="Odd", facts=asked, now=NOW - timedelta(days=30))


def reasons(case: Case) -> list[str]:
    found = CaseEvent.objects.filter(case=case, step="heard_elsewhere").order_by("at", "id")
    return list(found.values_list("reason", flat=True))


def test_one_lost_token_and_one_lost_request_stop_none_of_the_others(cast: Cast) -> None:
    def answer(path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        known = {"tokens/good.json": {"service_request_id": "7", "token": "good"}}
        if path == "requests.json":
            return 404, b"one of them is unknown"
        if path == "requests/7.json":
            return 200, json.dumps([{"service_request_id": 7, "status": "Closed"}]).encode()
        return (200, json.dumps([known[path]]).encode()) if path in known else (500, b"<html>")

    with odd_city(answer) as city:
        bad, gone, good = (
            handed(cast, city, **columns)
            for columns in ({"their_token": "bad"}, {"their_id": "404"}, {"their_token": "good"})
        )
        assert follow_cases(acting_user=None, now=LATER) == 1

    for row in (bad, gone, good):
        row.refresh_from_db()
    assert (good.their_id, good.their_status, good.ended_at) == ("7", "closed", LATER)
    assert [(row.last_error, row.ask_tries) for row in (bad, gone)] == [("HTTP 500", 1), ("HTTP 500", 1)]
    assert bad.ask_at == gone.ask_at == LATER + timedelta(minutes=1)
    assert OtherCity.objects.get().tries == 0


def test_what_is_never_found_is_asked_after_no_more_and_its_history_says_so(cast: Cast) -> None:
    with odd_city(lambda _path, _query: (200, b"[]")) as city:
        row, at = handed(cast, city, their_id="9"), NOW
        for _ in range(8):
            follow_cases(acting_user=None, now=at)
            at += timedelta(days=2)
        row.refresh_from_db()
        assert (row.ask_at, row.last_error, row.ended_at) == (None, "not there", None)
        assert reasons(row.case) == ["Odd 9: not there"]
        assert hand_over_again(acting_user=cast.grace, city_id=row.city_id, now=at) == 1
        row.refresh_from_db()
        assert (row.ask_at, row.ask_tries) == (at, 0)


def test_what_they_say_otherwise_stands_in_the_history_once(cast: Cast) -> None:
    said = {"service_request_id": "7", "status": "open", "agency_responsible": "Water", "status_notes": None}
    updates = [
        {"update_id": "u1", "service_request_id": "7", "description": "Seen\x00"},
        {"update_id": "u2"},
        3,
    ]

    def answer(path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        return 200, json.dumps([said] if path == "requests.json" else updates).encode()

    with odd_city(answer) as city:
        row = handed(cast, city, their_id="7")
        heard = [follow_cases(acting_user=None, now=LATER) for _ in range(2)]
        said |= {"agency_responsible": "Parks", "expected_datetime": "2026-12-01T00:00:00Z"}
        heard += [follow_cases(acting_user=None, now=LATER) for _ in range(2)]

    assert heard == [2, 0, 1, 0]
    assert reasons(row.case) == [
        "Odd 7: open.",
        "Odd 7: Seen",
        "Odd 7: open. · agency_responsible: Parks · expected_datetime: 2026-12-01T00:00:00Z",
    ]


@pytest.mark.parametrize(
    "body", [b"<html>Sign in</html>", b"null", json.dumps(RUBBISH).encode(), b"\xff" * 99]
)
def test_rubbish_changes_nothing_of_a_case(cast: Cast, body: bytes) -> None:
    with odd_city(lambda _path, _query: (200, body)) as city:
        row = handed(cast, city, their_id="7")
        token = handed(cast, city, their_token="t")
        follow_cases(acting_user=None, now=LATER)

    for each in (row, token):
        each.refresh_from_db()
    assert (row.their_status, row.ask_tries, token.their_id) == ("", 1, "")
    assert Case.objects.get(pk=row.case_id).state == State.DISPATCHED


def test_of_rubbish_what_can_be_taken_is_taken_once(cast: Cast) -> None:
    good = {"service_request_id": 5, "requested_datetime": "2026-11-02T09:30:00Z", "status": "open"}
    other = good | {"service_request_id": 6, "service_code": "something else"}

    with odd_city(lambda _path, _query: (200, json.dumps([*RUBBISH, good, other]).encode())) as city:
        a_city(cast, city, sends=False, fetches=True)
        counts = [fetch_requests(acting_user=None, now=NOW + timedelta(minutes=at)) for at in range(2)]

    assert counts == [1, 0]
    assert [(each.source_id, each.category.code) for each in Report.objects.all()] == [("5", "open_water")]


def test_a_server_that_does_not_answer_is_left_alone_longer_each_time(cast: Cast) -> None:
    with odd_city(lambda _path, _query: (503, b"")) as city:
        rows = [handed(cast, city, their_id=str(each)) for each in (1, 2)]
        for minutes in (0, 0.5, 1, 3, 7):
            follow_cases(acting_user=None, now=NOW + timedelta(minutes=minutes))
        asked = len(city.asked)

    other = OtherCity.objects.get()
    assert (asked, other.tries, other.last_error) == (3, 3, "HTTP 503")
    assert other.rest_until == NOW + timedelta(minutes=22)
    assert HandedOver.objects.filter(ask_tries=0).count() == len(rows)


def test_a_server_may_say_how_long_it_wants_to_be_left_alone(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOW - timedelta(days=1))
    walked_to(State.ACCEPTED, cast, NOW - timedelta(days=1))
    with odd_city(lambda _path, _query: (429, b"")) as city:
        city.headers["Retry-After"] = "7200"
        a_city(cast, city)
        assert gather_cases(acting_user=None, now=NOW) == 2
        for at in (NOW, NOW + timedelta(hours=1)):
            assert hand_over_cases(acting_user=None, now=at) == 0
        assert len(city.sent) == 1  # the second case was not tried either

    assert OtherCity.objects.get().rest_until == NOW + timedelta(hours=2)


@pytest.mark.parametrize("slow", ["head", "body"])
def test_a_server_that_drips_is_cut_off(cast: Cast, monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.2)
    with dripping(slow) as address:
        a_city(cast, OddCity(address), fetches=True)
        assert fetch_requests(acting_user=None, now=NOW) == 0

    assert OtherCity.objects.get().last_error == "too slow"


def test_a_server_of_xml_alone_is_understood(cast: Cast) -> None:
    xml = (
        b"<?xml version='1.0' encoding='utf-8'?><service_requests><request><service_request_id>7"
        b"</service_request_id><status>closed</status><status_notes/></request></service_requests>"
    )
    with odd_city(lambda path, _query: (200, xml) if path == "requests.json" else NOTHING) as city:
        row = handed(cast, city, their_id="7")
        follow_cases(acting_user=None, now=LATER)

    row.refresh_from_db()
    assert row.their_status == "closed"
    assert OtherCity.objects.get().gives_updates is False
