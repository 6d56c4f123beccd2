"""All requests of a span of time from a server that may give them in pages, cut off, or otherwise than asked.

Pages are an extension of GeoReport v2; a server without them cuts its answer off where it likes (1,000 by
the specification, often less). So a page that brings only what is known says that there are no pages, and the
span is then asked for in halves until they bring fewer than it did.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from anlan.channels import NotTaken
from anlan.channels.open311 import Item, text_of

PAGE_SIZE = 500
SPAN = timedelta(days=3)
"""Asked for at once; far below the 90 days that the specification allows."""
SHORTEST = timedelta(minutes=1)
FEWEST = 10
"""No server known to us cuts off below this many."""
BAD = 400

type Found = dict[str, Item]


class Enough(Exception):
    """So often was asked that the rest waits for the next time."""


@dataclass
class Asking:
    """One server, and how often it is asked still."""

    ask: Callable[[Mapping[str, str]], list[Item]]
    left: int = 200
    pages: bool = True
    found: Found = field(default_factory=dict)
    """What the span that is asked for brought so far."""
    done: datetime | None = None
    """Up to when all of it was found, when the rest was not."""

    def between(self, begin: datetime, end: datetime, number: int = 1) -> Found:
        """One page of the requests in a span, by their ids. Raises NotTaken, Enough."""
        if self.left <= 0:
            raise Enough
        self.left -= 1
        paged = {"page": str(number), "page_size": str(PAGE_SIZE)} if self.pages else {}
        found = self.ask({"start_date": _stamp(begin), "end_date": _stamp(end)} | paged)
        by_id = {text_of(each, "service_request_id"): each for each in found}
        by_id.pop("", None)
        return by_id


def spans(asking: Asking, begin: datetime, end: datetime) -> Iterator[tuple[datetime, Found]]:
    """Span after span: up to when, and what was found in it. Raises NotTaken.

    When it was asked often enough, the last one says up to when all was found; the rest is for the next time.
    """
    while begin < end:
        until = min(begin + SPAN, end)
        asking.found, asking.done = {}, None
        try:
            _read(asking, begin, until)
        except Enough:
            yield asking.done or begin, asking.found
            return
        yield until, asking.found
        begin = until


def _read(asking: Asking, begin: datetime, end: datetime) -> None:
    first = _first(asking, begin, end)
    asking.found |= first
    if not first or _turned_all(asking, begin, end):
        return
    _halve(asking, begin, end, len(first))


def _first(asking: Asking, begin: datetime, end: datetime) -> Found:
    """The first page; without a word of pages from a server that refuses those words."""
    try:
        return asking.between(begin, end)
    except NotTaken as error:
        if not asking.pages or error.status != BAD:
            raise
        asking.pages = False
        return asking.between(begin, end)


def _turned_all(asking: Asking, begin: datetime, end: datetime) -> bool:
    """Read the pages after the first; False when the second is the first again, and there are none."""
    number = 2
    while asking.pages:
        more = asking.between(begin, end, number)
        if not more:
            return True
        if more.keys() <= asking.found.keys():
            return number > 2  # some give the last page again
        asking.found |= more
        number += 1
    return False


def _halve(asking: Asking, begin: datetime, end: datetime, count: int) -> None:
    """Ask for both halves of a span that brought `count`, and for those of a half that brought as many.

    It may be cut off at that number. A server that gives the same for both halves minds no dates.
    """
    if count < FEWEST or end - begin < SHORTEST:
        return
    middle = begin + (end - begin) / 2
    halves = [(a, b, asking.between(a, b)) for a, b in ((begin, middle), (middle, end))]
    (_, _, first), (_, _, second) = halves
    asking.found |= first | second
    if first.keys() == second.keys():
        return
    for a, b, half in halves:
        if len(half) >= count:
            _halve(asking, a, b, count)
        asking.done = b


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
