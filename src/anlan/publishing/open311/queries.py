"""What a GET asks for. Everything wrong raises Refused("open311_...") with the parameter that is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.base.errors import Refused
from anlan.publishing.open311.terms import Status

SPAN = timedelta(days=90)
MOST = 1000
"""Requests in an answer: at most, and where no page_size is given. GeoReport v2, GET Service Requests."""
TRUE = frozenset({"true", "1", "yes"})
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")


@dataclass(frozen=True)
class RequestsAsked:
    """Which requests a GET means. With ids, nothing else filters, as the specification says."""

    ids: tuple[int, ...] | None = None
    services: tuple[str, ...] = ()
    statuses: frozenset[Status] = frozenset()
    begin: datetime | None = None
    end: datetime | None = None
    page: int = 1
    page_size: int = MOST
    extensions: bool = False


def requests_asked(query: Mapping[str, str], now: datetime) -> RequestsAsked:
    """Read the query of GET requests.

    Raises Refused("open311_number", "open311_stamp", "open311_span", "open311_order", "open311_status").
    """
    page, size = _number(query, "page", 1), _number(query, "page_size", MOST)
    extensions = query.get("extensions", "").lower() in TRUE
    ids = ids_asked(query)
    if ids is not None:
        return RequestsAsked(ids=ids, page=page, page_size=size, extensions=extensions)
    begin, end = span(query, now)
    return RequestsAsked(
        services=tuple(_list(query, "service_code")),
        statuses=frozenset(_status(each) for each in _list(query, "status")),
        begin=begin,
        end=end,
        page=page,
        page_size=size,
        extensions=extensions,
    )


def bulk_asked(query: Mapping[str, str]) -> RequestsAsked:
    """Read the query of the bulk file, which may span any time; without dates it holds everything.

    Raises Refused("open311_stamp", "open311_order", "open311_status").
    """
    begin, end = (stamp(query, name) if query.get(name) else None for name in ("start_date", "end_date"))
    if begin is not None and end is not None and end < begin:
        raise Refused("open311_order", name="end_date")
    return RequestsAsked(
        ids=ids_asked(query),
        services=tuple(_list(query, "service_code")),
        statuses=frozenset(_status(each) for each in _list(query, "status")),
        begin=begin,
        end=end,
    )


@dataclass(frozen=True)
class UpdatesAsked:
    """Which updates a GET means; those of some requests have no limit of time unless one is asked for."""

    ids: tuple[int, ...] | None
    begin: datetime | None
    end: datetime | None
    page: int
    page_size: int


def updates_asked(query: Mapping[str, str], now: datetime) -> UpdatesAsked:
    """Read the query of GET updates. Raises as `requests_asked` does."""
    page, size = _number(query, "page", 1), _number(query, "page_size", MOST)
    ids = ids_asked(query)
    if ids is not None and not (query.get("start_date") or query.get("end_date")):
        return UpdatesAsked(ids, None, None, page, size)
    return UpdatesAsked(ids, *span(query, now), page, size)


def ids_asked(query: Mapping[str, str]) -> tuple[int, ...] | None:
    """The ids of a list with commas, without words that can be none; None when there is no such list."""
    said = _list(query, "service_request_id")
    return tuple(dict.fromkeys(int(each) for each in said if _is_id(each)))[:MOST] if said else None


def span(query: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """The time that is asked for, 90 days at most; a lone date takes the 90 days after or before it."""
    begin, end = (stamp(query, name) if query.get(name) else None for name in ("start_date", "end_date"))
    if begin is not None and end is None:
        end = begin + SPAN
    elif end is not None and begin is None:
        begin = end - SPAN
    begin, end = begin or now - SPAN, end or now
    if end < begin:
        raise Refused("open311_order", name="end_date")
    if end - begin > SPAN:
        raise Refused("open311_span", name="end_date", days=SPAN.days)
    return begin, end


def stamp(query: Mapping[str, str], name: str) -> datetime:
    """A time with its zone (ISO 8601 as the W3C note has it). Raises Refused("open311_stamp")."""
    word = query[name].strip().replace(" ", "+")  # an unquoted plus sign of an address
    if not _STAMP.fullmatch(word):
        raise Refused("open311_stamp", name=name)
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        raise Refused("open311_stamp", name=name) from None


def _list(query: Mapping[str, str], name: str) -> list[str]:
    return [each.strip() for each in query.get(name, "").split(",") if each.strip()]


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 16


def _status(word: str) -> Status:
    if word.lower() not in set(Status):
        raise Refused("open311_status", name="status")
    return Status(word.lower())


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    word = query.get(name, "").strip()
    if not word:
        return default
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 1_000_000):
        raise Refused("open311_number", name=name)
    return min(int(word), MOST) if name == "page_size" else int(word)


def one_id(word: str) -> int | None:
    """The id of one request; None for a word that can be none."""
    return int(word) if _is_id(word) else None
