"""Requests to another city's Open311 server (GeoReport v2) and what became of them, over HTTP.

Requests go out as forms; answers are read as JSON or as XML, whichever came. Of an answer, only what is plain
text or a number is taken, and no more items than MOST_ITEMS.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.cases.open311 import clean
from anlan.channels import NotTaken
from anlan.channels.http import File, fetch_named, send_form

ANSWERED = 200
MOST_ITEMS = 20_000

type Item = Mapping[str, Any]
"""One request or update of an answer, as its fields."""


@dataclass(frozen=True)
class Server:
    """Another city's server: its address up to /v2 without a slash at the end, "json" or "xml", its city."""

    address: str
    form: str = "json"
    jurisdiction_id: str = ""

    def at(self, path: str) -> str:
        """The whole address of a path."""
        return f"{self.address}/{path}.{self.form}"

    def named(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Fields with the jurisdiction, where there is one."""
        return dict(fields) | ({"jurisdiction_id": self.jurisdiction_id} if self.jurisdiction_id else {})


@dataclass(frozen=True)
class Taken:
    """What the server gave for a request: its id, or a token that leads to it later, or neither."""

    request_id: str
    token: str


def send(
    server: Server, fields: Mapping[str, str], *, api_key: str, key: str, photos: Sequence[bytes] = ()
) -> Taken:
    """Send a request, with photos (JPEG) as parts of the form.

    Under the same `key` a server that knows `Idempotency-Key` takes it once. Raises NotTaken.
    """
    body = server.named(fields) | ({"api_key": api_key} if api_key else {})
    text = send_form(server.at("requests"), body, {"Idempotency-Key": key}, _files(photos))
    first = next(iter(items(text)), {})
    return Taken(text_of(first, "service_request_id"), text_of(first, "token"))


def send_update(
    server: Server, fields: Mapping[str, str], *, api_key: str, photos: Sequence[bytes] = ()
) -> None:
    """Say more about a request that was sent: `fields` hold its id and one of the update. Raises NotTaken."""
    body = server.named(fields) | ({"api_key": api_key} if api_key else {})
    send_form(server.at("servicerequestupdates"), body, {}, _files(photos))


def _files(photos: Sequence[bytes]) -> list[File]:
    return [File("media", f"photo-{n}.jpg", photo, "image/jpeg") for n, photo in enumerate(photos, start=1)]


def id_of_token(server: Server, token: str) -> str:
    """The id of the request for which a token was given; "" while there is none. Raises NotTaken."""
    text = fetch_named(server.at(f"tokens/{token}"), server.named({}))
    return text_of(next(iter(items(text)), {}), "service_request_id")


def ask(server: Server, ids: Iterable[str]) -> list[Item]:
    """The requests with these ids as they stand. Raises NotTaken."""
    return requests(server, {"service_request_id": ",".join(ids)})


def ask_one(server: Server, request_id: str) -> list[Item]:
    """The request with this id as it stands, by its own address. Raises NotTaken."""
    return items(fetch_named(server.at(f"requests/{request_id}"), server.named({})))


def requests(server: Server, query: Mapping[str, str]) -> list[Item]:
    """The requests that a query means, as their fields. Raises NotTaken."""
    return items(fetch_named(server.at("requests"), server.named(query)))


def updates(server: Server, ids: Iterable[str]) -> list[Item]:
    """What happened to the requests with these ids. Raises NotTaken."""
    asked = server.named({"service_request_id": ",".join(ids)})
    return items(fetch_named(server.at("servicerequestupdates"), asked))


def items(text: bytes) -> list[Item]:
    """The items of an answer, JSON or XML, each as its fields. Raises NotTaken("not Open311")."""
    try:
        found = _from_xml(text) if text.lstrip().startswith(b"<") else json.loads(text)
    except (ValueError, RecursionError):
        raise NotTaken("not Open311", ANSWERED) from None
    if isinstance(found, dict):
        found = found.get("service_requests", [found])
    if not isinstance(found, list):
        raise NotTaken("not Open311", ANSWERED)
    taken: list[Item] = [each for each in found[:MOST_ITEMS] if isinstance(each, dict)]
    if found and not taken:
        raise NotTaken("not Open311", ANSWERED)
    return taken


def text_of(item: Item, name: str, longest: int = 100) -> str:
    """A field as text that a database takes; "" when it is not there or holds something else."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean(value).strip()[:longest]


def _from_xml(text: bytes) -> list[dict[str, Any]]:
    """Each request's fields that are plain text; raises ValueError for what is no safe XML."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise ValueError(type(error).__name__) from None
    return [{field.tag: field.text for field in each if not len(field)} for each in root if len(each)]
