"""Every fault of a CAP 1.2 message with its path: order, words, times, places, and what belongs together."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from anlan.sensing.cap.elements import NAMESPACE, PARTS, SIGNATURE, Element, Holds
from anlan.sensing.cap.values import FAULTS, time_of

LARGEST = 5_000_000
"""Bytes of a message that is read at all."""


@dataclass(frozen=True)
class Fault:
    """Where something is wrong (an XPath without namespaces), and what would be right."""

    path: str
    message: str


def faults_of(document: bytes) -> list[Fault]:
    """All faults of a message, in the order of the document; none for a good one."""
    if len(document) > LARGEST:
        return [Fault("/", f"must be at most {LARGEST} bytes")]
    try:
        root = fromstring(document, forbid_dtd=True)
    except DefusedXmlException:
        return [Fault("/", "must not declare a document type or entities")]
    except (ParseError, ValueError, LookupError) as error:
        return [Fault("/", f"is not XML: {error}")]
    if root.tag != f"{{{NAMESPACE}}}alert":
        return [Fault("/", f"must be an alert of the namespace {NAMESPACE}; it is {root.tag}")]
    return list(_of_parts(root, "/alert")) + list(_of_message(root))


def _name(node: Node) -> str | None:
    """The name of an element of CAP; None for one of another namespace."""
    tag = str(node.tag)
    return tag.removeprefix(f"{{{NAMESPACE}}}") if tag.startswith(f"{{{NAMESPACE}}}") else None


def _children(node: Node, path: str) -> Iterator[tuple[str, Node, str]]:
    """The parts of an element that CAP knows, each with its name and path."""
    known, counts = PARTS[path.rsplit("/", 1)[1].partition("[")[0]], dict[str, int]()
    for child in node:
        name = _name(child)
        if name is not None and name in known:
            counts[name] = counts.get(name, 0) + 1
            number = f"[{counts[name]}]" if known[name].repeats or counts[name] > 1 else ""
            yield name, child, f"{path}/{name}{number}"


def _of_parts(node: Node, path: str) -> Iterator[Fault]:
    """Faults of an element that holds others."""
    known = PARTS[path.rsplit("/", 1)[1].partition("[")[0]]
    order, seen, last = list(known), set[str](), -1
    for child in node:
        name = _name(child)
        if name is None or name not in known:
            if child.tag != SIGNATURE or path != "/alert":
                yield Fault(f"{path}/{name or child.tag}", "is not part of CAP 1.2 here")
            continue
        if order.index(name) < last:
            yield Fault(f"{path}/{name}", f"must come before {order[last]}")
        last = max(last, order.index(name))
    for name, child, where in _children(node, path):
        if name in seen and not known[name].repeats:
            yield Fault(where, "must not come twice")
        seen.add(name)
        yield from _of_element(known[name], child, where)
    for name, element in known.items():
        if element.required and name not in seen:
            yield Fault(f"{path}/{name}", "is missing")


def _of_element(element: Element, node: Node, path: str) -> Iterator[Fault]:
    if element.holds is Holds.PARTS:
        yield from _of_parts(node, path)
        return
    if len(node):
        yield Fault(path, "must hold text alone")
        return
    text = node.text or ""
    if not text.strip():
        if element.required or element.holds is not Holds.TEXT:
            yield Fault(path, "must not be empty")
        return
    if element.holds is Holds.WORD and text not in element.words:
        yield Fault(path, f"must be one of {', '.join(element.words)}; it is “{text}”")
    fault = FAULTS[element.holds](text) if element.holds in FAULTS else None
    if fault:
        yield Fault(path, fault)


def _text(node: Node, name: str) -> str:
    return (node.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


NEED_REFERENCES = frozenset({"Update", "Cancel", "Ack", "Error"})


def _of_message(root: Node) -> Iterator[Fault]:
    """What belongs together in a message."""
    kind, scope = _text(root, "msgType"), _text(root, "scope")
    if kind in NEED_REFERENCES and not _text(root, "references"):
        yield Fault("/alert/references", f"is missing: {kind} says which messages it is about")
    if kind == "Error" and not _text(root, "note"):
        yield Fault("/alert/note", "is missing: Error says why")
    if scope == "Restricted" and not _text(root, "restriction"):
        yield Fault("/alert/restriction", "is missing: Restricted says to whom")
    if scope != "Restricted" and _text(root, "restriction"):
        yield Fault("/alert/restriction", "belongs to the scope Restricted alone")
    if scope == "Private" and not _text(root, "addresses"):
        yield Fault("/alert/addresses", "is missing: Private says for whom")
    infos = [(node, path) for name, node, path in _children(root, "/alert") if name == "info"]
    if kind == "Alert" and not infos:
        yield Fault("/alert/info", "is missing: an Alert says what happens")
    for node, path in infos:
        yield from _of_info(node, path, _text(root, "sent"))


def _of_info(info: Node, path: str, sent: str) -> Iterator[Fault]:
    expires = time_of(_text(info, "expires"))
    for name, text in (
        ("sent", sent),
        ("effective", _text(info, "effective")),
        ("onset", _text(info, "onset")),
    ):
        before = time_of(text)
        if expires is not None and before is not None and expires <= before:
            yield Fault(f"{path}/expires", f"must lie after {name}")
    for name, node, where in _children(info, path):
        if name == "area":
            yield from _of_area(node, where)


def _of_area(area: Node, path: str) -> Iterator[Fault]:
    altitude, ceiling = _text(area, "altitude"), _text(area, "ceiling")
    if ceiling and not altitude:
        yield Fault(f"{path}/altitude", "is missing: a ceiling needs the altitude below it")
    try:
        if altitude and ceiling and float(ceiling) < float(altitude):
            yield Fault(f"{path}/ceiling", "must not lie below altitude")
    except ValueError:
        return  # said at the value itself
