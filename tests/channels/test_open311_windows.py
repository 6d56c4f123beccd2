"""All requests of a span are found, however a server gives them: in pages, cut off, or without regard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels import NotTaken
from anlan.channels.open311 import Item
from anlan.channels.open311.windows import Asking, Found, spans

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=10)


@dataclass
class OtherServer:
    """Requests at these minutes after BEGIN, the newest first, at most `cut` in an answer."""

    minutes: list[int]
    cut: int = 1000
    has_pages: bool = False
    has_sizes: bool = False
    has_dates: bool = True
    is_strict: bool = False
    asked: int = 0

    def answer(self, query: Mapping[str, str]) -> list[Item]:
        self.asked += 1
        if self.is_strict and "page" in query:
            raise NotTaken("HTTP 400", 400)
        found = [BEGIN + timedelta(minutes=each) for each in sorted(self.minutes, reverse=True)]
        if self.has_dates:
            begin, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
            found = [at for at in found if begin <= at <= end]
        size = min(self.cut, int(query.get("page_size", self.cut)) if self.has_sizes else self.cut)
        first = (int(query.get("page", "1")) - 1) * size if self.has_pages else 0
        return [{"service_request_id": at.isoformat()} for at in found[first : first + size]]


def all_of(server: OtherServer, **options: int) -> list[tuple[datetime, Found]]:
    return list(spans(Asking(server.answer, **options), BEGIN, END))


def ids(found: list[tuple[datetime, Found]]) -> set[str]:
    return {key for _until, each in found for key in each}


def there(server: OtherServer) -> set[str]:
    return {(BEGIN + timedelta(minutes=each)).isoformat() for each in server.minutes}


servers = st.builds(
    OtherServer,
    minutes=st.lists(st.integers(0, 14_399), max_size=90, unique=True),
    cut=st.integers(10, 40),
    has_pages=st.booleans(),
    has_sizes=st.booleans(),
    is_strict=st.booleans(),
)


@given(servers)
def test_nothing_is_missed(server: OtherServer) -> None:
    found = all_of(server, left=10_000)

    assert ids(found) == there(server)
    assert found[-1][0] == END


def test_a_server_that_minds_no_dates_is_not_asked_for_ever() -> None:
    server = OtherServer(list(range(0, 14_000, 100)), cut=20, has_dates=False)

    assert len(ids(all_of(server))) == 20
    assert server.asked <= 20


def test_an_empty_span_costs_one_question() -> None:
    server = OtherServer([])

    assert [until for until, _found in all_of(server)][-1] == END
    assert server.asked == 4  # ten days, three at once


def test_when_it_was_asked_often_enough_the_rest_waits_for_the_next_time() -> None:
    server = OtherServer(list(range(4320, 8640, 10)), cut=20)

    found = all_of(server, left=40)

    until = found[-1][0]
    assert BEGIN + timedelta(days=3) < until < BEGIN + timedelta(days=6)
    known = ids(found)
    assert all(at in known for at in there(server) if datetime.fromisoformat(at) < until)


def test_what_is_refused_on_other_grounds_is_not_asked_again() -> None:
    def gone(query: Mapping[str, str]) -> list[Item]:
        raise NotTaken("HTTP 404", 404)

    with pytest.raises(NotTaken, match="HTTP 404"):
        list(spans(Asking(gone), BEGIN, END))
