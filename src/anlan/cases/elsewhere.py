"""Which cases go to another city, and what is said of them there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from anlan.cases.states import ENDED
from anlan.cases.terms import State

STAY = ENDED | {State.NEW, State.PARKED}
"""States of cases that are not handed over: nobody looked at them yet, or nobody waits for them."""

LONGEST_WORDS = 4000
"""GeoReport v2, POST Service Request: description."""


class Placed(Protocol):
    """What is said of a case; no contact, no name."""

    @property
    def title(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def lng(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...


def goes(state: str) -> bool:
    """Does a case in this state go to the city that answers for its kind?"""
    return State(state) not in STAY


def request_of(case: Placed, words: str, area: str, service_code: str) -> Mapping[str, str]:
    """The fields of the request: what, where, in words that a person accepted; `area` is its area's name."""
    fields = {
        "service_code": service_code,
        "description": (words or case.title)[:LONGEST_WORDS],
        "address_string": " ".join(filter(None, (area, case.address)))[:200],
    }
    if case.lat is not None and case.lng is not None:
        fields |= {"lat": f"{case.lat:.6f}", "long": f"{case.lng:.6f}"}
    return fields


TOLD = ("agency_responsible", "service_notice", "expected_datetime", "service_name", "address")
"""Fields of GeoReport v2 besides the status that say what became of a request."""


def told_anew(before: Mapping[str, str], now: Mapping[str, str]) -> Sequence[str]:
    """What the other city says otherwise than before, field by field, in the names of the specification."""
    changed = [name for name in TOLD if now.get(name) and now.get(name) != before.get(name)]
    return [f"{name}: {now[name]}" for name in changed]


RESTS = MappingProxyType(
    {
        1: timedelta(minutes=1),
        2: timedelta(minutes=5),
        3: timedelta(minutes=15),
        4: timedelta(hours=1),
    }
)
"""How long a server that failed so often is left alone; LONGEST_REST after more."""
LONGEST_REST = timedelta(hours=4)
ASKED_TO_REST = timedelta(days=1)
"""As long as a server may ask for itself."""


def rest_until(tries: int, asked_for: int, now: datetime) -> datetime:
    """Until when a server is left alone after `tries` failures; it may ask for so many seconds."""
    asked = min(timedelta(seconds=asked_for), ASKED_TO_REST)
    return now + max(RESTS.get(tries, LONGEST_REST), asked)


OF_THE_SERVER = frozenset({0, 429, 503})
"""Codes that say nothing of what was asked: no answer at all, too many questions, not now."""
NO_SUCH_ADDRESS = frozenset({400, 404, 405, 410, 501})
"""Codes of a server that has no such address."""
