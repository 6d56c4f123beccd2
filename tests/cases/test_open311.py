"""Requests of other systems in our words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.cases.open311 import ForeignEvent, ForeignRequest, read_requests
from anlan.cases.terms import State

REQUEST: dict[str, Any] = {
    "service_request_id": "14-1",
    "status": "closed",
    "service_name": "Pothole in Street",
    "service_code": "4fd3",
    "requested_datetime": "2014-05-09T19:02:21-05:00",
    "updated_datetime": "2015-10-10T10:15:40-05:00",
    "address": "1200 W 81ST ST",
    "lat": 41.7468,
    "long": -87.6536,
    "attributes": {"PLATE": "GPL 4096"},
    "notes": [
        {"datetime": "2015-10-10T10:15:40-05:00", "summary": "Request closed", "type": "closed"},
        {"datetime": "2014-05-09T19:02:21-05:00", "summary": "Request opened", "type": "opened"},
        {
            "datetime": "2014-07-29T14:11:00-05:00",
            "summary": "Final Outcome",
            "description": "Transferred",
            "type": "activity",
        },
    ],
}
OPENED = datetime(2014, 5, 10, 0, 2, 21, tzinfo=UTC)
SEEN = datetime(2014, 7, 29, 19, 11, tzinfo=UTC)
CLOSED = datetime(2015, 10, 10, 15, 15, 40, tzinfo=UTC)


def read(*requests: object) -> tuple[list[ForeignRequest], list[tuple[int, str]]]:
    odd = Complaints()
    found = read_requests("r.json", json.dumps(requests), odd)
    return found, [(bad.row, bad.column) for bad in odd.rows]


def test_a_request_is_read_with_its_history_in_order_and_without_its_attributes() -> None:
    assert read(REQUEST) == (
        [
            ForeignRequest(
                row=1,
                source_id="14-1",
                service_code="4fd3",
                service_name="Pothole in Street",
                words="Pothole in Street",
                address="1200 W 81ST ST",
                lng=-87.6536,
                lat=41.7468,
                received_at=OPENED,
                closed_at=CLOSED,
                events=(
                    ForeignEvent(OPENED, "Request opened", State.NEW),
                    ForeignEvent(SEEN, "Final Outcome: Transferred", State.NEW),
                    ForeignEvent(CLOSED, "Request closed", State.CLOSED),
                ),
            )
        ],
        [],
    )


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"service_request_id": None}, "service_request_id"),
        ({"service_name": ""}, "service_name"),
        ({"requested_datetime": "2014-05-09T19:02:21"}, "requested_datetime"),
        ({"requested_datetime": "yesterday"}, "requested_datetime"),
    ],
)
def test_a_request_that_cannot_be_taken_is_said(change: dict[str, Any], column: str) -> None:
    assert read(REQUEST | change) == ([], [(1, column)])


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"lat": 4100.0}, "lat"),
        ({"lat": "north"}, "lat"),
        ({"status": "on hold"}, "status"),
        ({"status": "open"}, "status"),
        ({"notes": "none"}, "notes"),
        ({"notes": [{"type": "closed"}]}, "datetime"),
    ],
)
def test_a_request_with_an_odd_value_is_taken_and_the_value_is_said(
    change: dict[str, Any], column: str
) -> None:
    found, odd = read(REQUEST | change)

    assert (len(found), column in [name for _, name in odd]) == (1, True)


def test_a_request_closed_without_a_closing_event_closed_when_it_last_changed() -> None:
    (request,), odd = read(REQUEST | {"notes": []})

    assert (request.closed_at, odd) == (CLOSED, [(1, "notes")])


def test_the_same_id_twice_is_taken_once_and_said() -> None:
    found, odd = read(REQUEST, REQUEST)

    assert (len(found), odd) == (1, [(2, "service_request_id")])


def test_text_that_no_database_takes_is_cleaned() -> None:
    (request,), _ = read(REQUEST | {"address": "a\x00b\ud800c"})

    assert request.address == "ab?c"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TIMES = st.sampled_from(["2014-05-09T19:02:21-05:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])


@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(REQUEST)), JSON | TIMES, max_size=9) | JSON, max_size=4)
)
def test_rubbish_among_requests_is_said_and_the_rest_is_taken(items: list[Any]) -> None:
    found, _ = read(*items, REQUEST)

    assert found[-1].source_id == "14-1"


@given(JSON)
def test_a_document_that_is_no_list_of_requests_is_refused(document: Any) -> None:
    if isinstance(document, list):
        return
    with pytest.raises(Refused, match="not_open311"):
        read_requests("r.json", json.dumps(document), Complaints())
