"""Which cases go to another city, and what is said of them there."""

from collections.abc import Mapping
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
