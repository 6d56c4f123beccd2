"""Requests to another city's Open311 server (GeoReport v2) and what became of them, over HTTP.

Requests go out as forms; answers are read as JSON or as XML, whichever that server speaks.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.channels import NotTaken
from anlan.channels.http import exchange


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


def send(server: Server, fields: Mapping[str, str], *, api_key: str, key: str) -> Taken:
    """Send a request; under the same `key` a server that knows `Idempotency-Key` takes it once.

    Raises NotTaken.
    """
    body = server.named(fields) | ({"api_key": api_key} if api_key else {})
    text = exchange("POST", server.at("requests"), body, {"Idempotency-Key": key})
    first = next(iter(items(text, server.form)), {})
    return Taken(text_of(first, "service_request_id"), text_of(first, "token"))


def id_of_token(server: Server, token: str) -> str:
    """The id of the request for which a token was given; "" while there is none. Raises NotTaken."""
    text = exchange("GET", server.at(f"tokens/{token}"), server.named({}))
    return text_of(next(iter(items(text, server.form)), {}), "service_request_id")


def ask(server: Server, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The requests with these ids as they stand. Raises NotTaken."""
    return requests(server, {"service_request_id": ",".join(ids)})


def requests(server: Server, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The requests that a query means, as their fields. Raises NotTaken."""
    return items(exchange("GET", server.at("requests"), server.named(query)), server.form)


def items(text: bytes, form: str) -> list[dict[str, Any]]:
    """The items of an answer, each as its fields. Raises NotTaken("not Open311")."""
    try:
        found = _from_xml(text) if form == "xml" else json.loads(text)
    except (ValueError, RecursionError):
        raise NotTaken("not Open311") from None
    if isinstance(found, dict):
        found = found.get("service_requests", [found])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise NotTaken("not Open311")
    return found


def text_of(item: Mapping[str, Any], name: str) -> str:
    """A field as text; "" when it is not there."""
    value = item.get(name)
    return str(value).strip()[:100] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _from_xml(text: bytes) -> list[dict[str, Any]]:
    """Each request's fields that are plain text; raises ValueError for what is no safe XML."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(type(error).__name__) from None
    return [{field.tag: field.text for field in each if not len(field)} for each in root]
