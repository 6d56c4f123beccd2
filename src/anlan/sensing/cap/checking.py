"""Every fault of a CAP 1.2 message with its path: order, words, times, places, and what belongs together."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from anlan.sensing.cap.decoding import tree_of
from anlan.sensing.cap.elements import NAMESPACE, PARTS, SIGNATURE, Element, Holds
from anlan.sensing.cap.values import FAULTS, is_absolute, time_of

INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
"""Begins the attributes that any element may have, such as where its schema lies."""
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
        root = tree_of(document)
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
    yield from _of_attributes(node, path)
    yield from _of_text_between(node, path)
    yield from _of_order(node, path, [*known, SIGNATURE] if path == "/alert" else list(known))
    seen = set[str]()
    for name, child, where in _children(node, path):
        if name in seen and not known[name].repeats:
            yield Fault(where, "must not come twice")
        seen.add(name)
        yield from _of_element(known[name], child, where)
    for name, element in known.items():
        if element.required and name not in seen:
            yield Fault(f"{path}/{name}", "is missing")


def _of_attributes(node: Node, path: str) -> Iterator[Fault]:
    for name in node.attrib:
        if not name.startswith(INSTANCE):
            yield Fault(f"{path}/@{name}", "is not part of CAP 1.2, whose elements have no attributes")


def _of_text_between(node: Node, path: str) -> Iterator[Fault]:
    if any((text or "").strip() for text in (node.text, *(child.tail for child in node))):
        yield Fault(path, "must hold elements alone, no text between them")


def _of_order(node: Node, path: str, order: list[str]) -> Iterator[Fault]:
    """Children that are unknown here, or come after one that they must come before."""
    last = 0
    for child in node:
        name = _name(child) or (SIGNATURE if child.tag.startswith(SIGNATURE) else child.tag)
        if name not in order:
            yield Fault(f"{path}/{name}", "is not part of CAP 1.2 here")
            continue
        place = order.index(name)
        if place < last:
            yield Fault(f"{path}/{_name(child) or child.tag}", f"must come before {order[last]}")
        last = max(last, place)


def _of_element(element: Element, node: Node, path: str) -> Iterator[Fault]:
    if element.holds is Holds.PARTS:
        yield from _of_parts(node, path)
        return
    yield from _of_attributes(node, path)
    if len(node):
        yield Fault(path, "must hold text alone")
        return
    text = node.text or ""
    if not text.strip():
        if (element.required or element.holds is not Holds.TEXT) and not element.may_be_empty:
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
    yield from _of_references(root)
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


def _of_references(root: Node) -> Iterator[Fault]:
    """References name messages before this one; what is malformed is said at the value itself."""
    own, sent = [_text(root, name) for name in ("sender", "identifier")], time_of(_text(root, "sent"))
    for group in _text(root, "references").split():
        *named, at = group.split(",")
        then = time_of(at)
        if named == own:
            yield Fault("/alert/references", "must not name the message itself")
        elif sent is not None and then is not None and then > sent:
            yield Fault("/alert/references", f"must name messages sent before this one: “{group}”")


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
        if name == "resource":
            yield from _of_resource(node, where)


def _of_area(area: Node, path: str) -> Iterator[Fault]:
    altitude, ceiling = _text(area, "altitude"), _text(area, "ceiling")
    if ceiling and not altitude:
        yield Fault(f"{path}/altitude", "is missing: a ceiling needs the altitude below it")
    try:
        if altitude and ceiling and float(ceiling) < float(altitude):
            yield Fault(f"{path}/ceiling", "must not lie below altitude")
    except ValueError:
        return  # said at the value itself


def _of_resource(resource: Node, path: str) -> Iterator[Fault]:
    uri = _text(resource, "uri")
    if uri and not is_absolute(uri) and not _text(resource, "derefUri"):
        yield Fault(f"{path}/uri", "must be a whole address where no derefUri holds the content")
