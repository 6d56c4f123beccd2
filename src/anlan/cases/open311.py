"""Requests of Open311 GeoReport v2 servers, with the history that some of them add, in our words.

Taken: what, where, when, what became of it. Not taken: `attributes` and `extended_attributes` (answers to a
form, which hold plates and owners), `media_url`, agencies' own ids. What cannot be understood is said,
never passed over.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anlan.base.errors import Refused
from anlan.base.tables import N_, Complaints
from anlan.cases.terms import State

A_TIME = N_("a time with its offset, such as 2026-11-02T09:30:00+08:00")
YEARS = range(1970, 2101)
CLOSED_WORDS = frozenset({"closed"})
STATUS_WORDS = frozenset({"open"}) | CLOSED_WORDS


@dataclass(frozen=True, slots=True)
class ForeignEvent:
    """One thing that the source says happened: `state` is where the request stood afterwards."""

    at: datetime
    words: str
    state: State


@dataclass(frozen=True, slots=True)
class ForeignRequest:
    """One request; `row` counts from 1; `lng` and `lat` are WGS-84 degrees or both None."""

    row: int
    source_id: str
    service_code: str
    service_name: str
    words: str
    address: str
    lng: float | None
    lat: float | None
    received_at: datetime
    closed_at: datetime | None
    events: tuple[ForeignEvent, ...]


def read_requests(file: str, text: str, odd: Complaints) -> list[ForeignRequest]:
    """All requests of a document that can become reports.

    What is strange goes to `odd`: without an id, a time or a service a request cannot be taken; any other
    strange value is left empty. Raises Refused("not_open311").
    """
    found: dict[str, ForeignRequest] = {}
    for row, item in enumerate(_items(file, text), start=1):
        request = _Reading(file, row, item, odd).request()
        if request and request.source_id in found:
            first = found[request.source_id].row
            odd.say(
                file,
                row,
                "service_request_id",
                request.source_id,
                N_("an id of its own; row %(row)s has it"),
                row=first,
            )
        elif request:
            found[request.source_id] = request
    return list(found.values())


def _items(file: str, text: str) -> Sequence[Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("not_open311", file=file) from None
    if isinstance(document, dict):
        document = document.get("service_requests")
    if not isinstance(document, list):
        raise Refused("not_open311", file=file)
    return document


class _Reading:
    """Reads one request and says what is strange in it."""

    def __init__(self, file: str, row: int, item: Any, odd: Complaints) -> None:
        self.file = file
        self.row = row
        self.item = item if isinstance(item, dict) else {}
        self.odd = odd

    def say(self, column: str, value: object, right: str) -> None:
        self.odd.say(self.file, self.row, column, "" if value is None else clean(value), right)

    def request(self) -> ForeignRequest | None:
        source_id = self.needed("service_request_id", 100, N_("an id; without one it cannot be taken"))
        name = self.needed("service_name", 60, N_("the name of a service; without one it cannot be taken"))
        received_at = self.time(self.item, "requested_datetime")
        if not (source_id and name and received_at):
            return None
        lng, lat = self.point()
        events = tuple(self.events())
        return ForeignRequest(
            self.row,
            source_id,
            _text(self.item.get("service_code"))[:28] or name[:28],
            name,
            _text(self.item.get("description")) or name,
            _text(self.item.get("address"))[:200],
            lng,
            lat,
            received_at,
            self.closed_at(events, received_at),
            events,
        )

    def needed(self, name: str, longest: int, right: str) -> str:
        text = _text(self.item.get(name))[:longest]
        if not text:
            self.say(name, self.item.get(name), right)
        return text

    def time(self, item: dict[str, Any], name: str) -> datetime | None:
        value = item.get(name)
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or at.year not in YEARS:
            self.say(name, value, A_TIME)
            return None
        return at.astimezone(UTC)

    def point(self) -> tuple[float | None, float | None]:
        lng, lat = _degrees(self.item.get("long"), 180), _degrees(self.item.get("lat"), 90)
        if lng is None or lat is None:
            if self.item.get("lat") is not None or self.item.get("long") is not None:
                self.say(
                    "lat",
                    f"{self.item.get('lat')}, {self.item.get('long')}",
                    N_("degrees; taken without a point"),
                )
            return None, None
        return lng, lat

    def events(self) -> Iterator[ForeignEvent]:
        notes = self.item.get("notes") or []
        if not isinstance(notes, list):
            self.say("notes", notes, N_("a list of events"))
            notes = []
        timed = [(at, note) for note in notes if (at := self.note_time(note))]
        state = State.NEW
        for at, note in sorted(timed, key=lambda pair: pair[0]):
            state = _state_after(state, _text(note.get("type")))
            yield ForeignEvent(at, _words(note), state)

    def note_time(self, note: Any) -> datetime | None:
        if not isinstance(note, dict):
            self.say("notes", note, N_("events with a time"))
            return None
        return self.time(note, "datetime")

    def closed_at(self, events: tuple[ForeignEvent, ...], received_at: datetime) -> datetime | None:
        """When the source closed it; its `status` decides, the history says when."""
        status = _text(self.item.get("status")).lower()
        if status not in STATUS_WORDS:
            self.say("status", status, N_("open or closed; taken as open"))
        if status not in CLOSED_WORDS:
            if events and events[-1].state is State.CLOSED:
                self.say("status", status, N_("closed, as its last event says; taken as open"))
            return None
        if events and events[-1].state is State.CLOSED:
            return events[-1].at
        self.say("notes", "", N_("an event that closes it; the time of its last change is taken"))
        return self.time(self.item, "updated_datetime") or (events[-1].at if events else received_at)


def _state_after(state: State, kind: str) -> State:
    """Only opening and closing say where a request stands; other events happen along the way."""
    return {"closed": State.CLOSED, "opened": State.NEW, "reopened": State.NEW}.get(kind, state)


def _words(note: dict[str, Any]) -> str:
    parts = [_text(note.get("summary")), _text(note.get("description"))]
    return ": ".join(part for part in parts if part) or _text(note.get("type"))


def _degrees(value: Any, limit: float) -> float | None:
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= limit else None


def _text(value: Any) -> str:
    return clean(value).strip() if isinstance(value, str | int) else ""


def clean(value: object) -> str:
    """Text that a database takes: no NUL, no half of a character."""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
