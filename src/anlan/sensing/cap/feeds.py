"""The entries of a feed of warnings: Atom (RFC 4287), RSS 2.0, or one CAP message by itself."""

import hashlib
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element as Node

from defusedxml.common import DefusedXmlException

from anlan.base.errors import Refused
from anlan.sensing.cap.decoding import tree_of

CAP = "application/cap+xml"
MOST = 500
"""Entries of a feed that are looked at, from its top."""


@dataclass(frozen=True)
class Entry:
    """One entry: a key that changes when the entry does; the message itself, or the address where it is.

    The address may be relative to that of the feed.
    """

    key: str
    address: str = ""
    document: bytes = b""


def entries_of(body: bytes) -> list[Entry]:
    """The entries of a feed in its order; those that lead to nothing left out.

    Raises Refused("feed_not_xml", "feed_unknown").
    """
    try:
        root = tree_of(body)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Refused("feed_not_xml", why=type(error).__name__) from None
    kind = _local(root)
    if kind == "alert":
        return [_of_document(body)]
    if kind == "feed":
        found = (_of_atom(each) for each in root if _local(each) == "entry")
    elif kind in ("rss", "RDF"):
        found = (_of_rss(each) for each in root.iter() if _local(each) == "item")
    else:
        raise Refused("feed_unknown", found=kind[:60])
    return [each for each, _ in zip((one for one in found if one), range(MOST), strict=False)]


def _of_document(body: bytes) -> Entry:
    return Entry(hashlib.sha256(body).hexdigest(), document=body)


def _of_atom(entry: Node) -> Entry | None:
    inside = _embedded(entry)
    if inside:
        return _of_document(inside)
    links = [each for each in entry if _local(each) == "link" and each.get("href")]
    return _linked(entry, ("id", "updated"), [(each.get("href", ""), each.get("type", "")) for each in links])


def _of_rss(item: Node) -> Entry | None:
    inside = _embedded(item)
    if inside:
        return _of_document(inside)
    links = [
        (each.get("url", ""), each.get("type", ""))
        for each in item
        if _local(each) in ("enclosure", "content")
    ]
    links += [(_text(item, "link"), "")]
    return _linked(item, ("guid", "pubDate"), [each for each in links if each[0]])


def _linked(entry: Node, names: tuple[str, ...], links: list[tuple[str, str]]) -> Entry | None:
    """The entry by the first of its links that says it is CAP, else by its first."""
    if not links:
        return None
    href = next((href for href, kind in links if kind.startswith(CAP)), links[0][0])
    address = href.strip()
    named = "\n".join([address, *(_text(entry, name) for name in names)])
    return Entry(hashlib.sha256(named.encode()).hexdigest(), address=address)


def _embedded(entry: Node) -> bytes:
    """The message inside an entry; b"" when there is none."""
    found = next((each for each in entry.iter() if _local(each) == "alert"), None)
    return ET.tostring(found, encoding="utf-8") if found is not None else b""


def _text(node: Node, name: str) -> str:
    return next(((each.text or "").strip() for each in node if _local(each) == name), "")


def _local(node: Node) -> str:
    return str(node.tag).rpartition("}")[2]
