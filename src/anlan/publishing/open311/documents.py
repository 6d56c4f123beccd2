"""Answers as XML and as JSON, which say the same: in XML a list and its items have a name each.

Between the two stands the Spark convention (wiki.open311.org, "JSON and XML Conversion"): what holds items of
one kind is an array, also with one item or none; an empty element is null; the root has no name in JSON.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "services": "service",
        "service_requests": "request",
        "service_request_updates": "request_update",
        "errors": "error",
        "attributes": "attribute",
        "values": "value",
        "endpoints": "endpoint",
        "formats": "format",
        "extended_attributes": "extended_attribute",
        "notes": "note",
    }
)
"""Name of a list in XML: the name of each of its items."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production [2] Char."""

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def as_json(root: str, content: Any) -> str:
    """JSON of a document: a list is a bare array, and what is not known or empty is null."""
    return json.dumps(_plain(content), ensure_ascii=False)


def as_xml(root: str, content: Any) -> str:
    """XML of a document whose root element is `root`; signs that XML cannot hold are left out."""
    return DECLARATION + ET.tostring(_element(root, content), encoding="unicode")


def error(code: int, description: str) -> list[dict[str, Any]]:
    """The body of an error, for a root named "errors"."""
    return [{"code": code, "description": description}]


def stamp(at: datetime | None) -> str | None:
    """A time with its zone, to the second."""
    return None if at is None else at.isoformat(timespec="seconds")


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(each) for each in content]
    if isinstance(content, str):
        return _may_hold(content) or None
    return stamp(content) if isinstance(content, datetime) else content


def _element(name: str, content: Any) -> "ET.Element[str]":
    element = ET.Element(name)
    if isinstance(content, Mapping):
        element.extend(_element(each, value) for each, value in content.items())
    elif isinstance(content, list | tuple):
        item = ITEMS.get(name, "item")
        element.extend(_element(item, each) for each in content)
    elif content is not None:
        element.text = _text(content)
    return element


def _text(content: Any) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, datetime):
        return content.isoformat(timespec="seconds")
    return _may_hold(str(content))


def _may_hold(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
