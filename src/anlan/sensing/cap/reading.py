"""A message of another sender read as far as it can be: what is wrong is said, what is usable is used."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, pi, radians, sin
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from anlan.sensing.alarms.terms import SEVERITY_ORDER
from anlan.sensing.cap.checking import LARGEST, Fault, faults_of
from anlan.sensing.cap.composing import COLOUR, COLOURS
from anlan.sensing.cap.decoding import tree_of
from anlan.sensing.cap.values import FEWEST_POINTS, points_of
from anlan.sensing.terms import Colour

LASTS = timedelta(hours=24)
"""How long a message counts that does not say when it ends."""
YEARS = range(1990, 2200)
KINDS = ("Alert", "Update", "Cancel", "Ack", "Error")
_COLOUR_OF = {severity: Colour(colour) for colour, (severity, _) in COLOURS.items()}
_KM_OF_DEGREE = 111.195
_CORNERS = 24


@dataclass(frozen=True)
class Message:
    """What was said, as far as it was understood. Points are [latitude, longitude] in degrees."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    scope: str
    references: list[tuple[str, str]]
    colour: Colour = Colour.BLUE
    category: str = ""
    sender_name: str = ""
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    """Language, "zh" or "en": event, headline, description, instruction."""
    places: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    polygons: list[list[list[float]]] = field(default_factory=list)
    onset: datetime | None = None
    expires: datetime | None = None
    web: str = ""


def read(document: bytes) -> tuple[Message | None, list[Fault]]:
    """The message and every fault of it; None when who sent what and when cannot be made out.

    Other versions of CAP are read too; times with Z, open polygons and swapped coordinates are understood.
    """
    faults = faults_of(document)
    if len(document) > LARGEST:
        return None, faults
    try:
        root = tree_of(document)
    except (DefusedXmlException, ParseError, ValueError, LookupError):
        return None, faults
    return (_message(root) if _local(root) == "alert" else None), faults


def _message(root: Node) -> Message | None:
    sent, kind = _time(_text(root, "sent")), _text(root, "msgType")
    infos = list(_children(root, "info"))
    named = _text(root, "identifier"), _text(root, "sender")
    if not all(named) or sent is None or kind not in KINDS:
        return None
    if kind in ("Alert", "Update") and not any(_title(each) for each in infos):
        return None
    areas = [area for info in infos for area in _children(info, "area")]
    return Message(
        identifier=named[0][:300],
        sender=named[1][:300],
        sent=sent,
        status=_text(root, "status")[:16],
        kind=kind,
        scope=_text(root, "scope"),
        references=list(_references(_text(root, "references"))),
        colour=max(map(_colour, infos), key=SEVERITY_ORDER.__getitem__, default=Colour.BLUE),
        category=_first(infos, "category")[:16],
        sender_name=_first(infos, "senderName")[:200],
        words={_language(each): _words(each) for each in reversed(infos)},
        places=_unique(_text(area, "areaDesc") for area in areas),
        codes=_unique(_text(code, "value") for area in areas for code in _children(area, "geocode")),
        polygons=_shapes(areas),
        onset=min(_times(infos, "onset") or _times(infos, "effective"), default=sent),
        expires=max(_times(infos, "expires"), default=sent + LASTS),
        web=_address(_first(infos, "web")),
    )


def _title(info: Node) -> str:
    return _text(info, "event") or _text(info, "headline")


def _words(info: Node) -> dict[str, str]:
    names = ("event", "headline", "description", "instruction")
    return {name: _text(info, name)[:4000] for name in names}


def _language(info: Node) -> str:
    """Chinese or English; a message that names no language is in English, as the standard says."""
    return "zh" if _text(info, "language").lower().startswith("zh") else "en"


def _colour(info: Node) -> Colour:
    """The colour that is said, else the one of the severity; the least where neither is known."""
    for pair in _children(info, "parameter"):
        said = _text(pair, "value").lower()
        if _text(pair, "valueName") == COLOUR and said in set(Colour):
            return Colour(said)
    return _COLOUR_OF.get(_text(info, "severity"), Colour.BLUE)


def _references(text: str) -> Iterator[tuple[str, str]]:
    for group in text.split():
        parts = group.split(",")
        if len(parts) >= 2 and parts[0] and parts[1]:
            yield parts[0], parts[1]


def _shapes(areas: list[Node]) -> list[list[list[float]]]:
    found = [_polygon(_said(each)) for area in areas for each in _children(area, "polygon")]
    found += [_circle(_said(each)) for area in areas for each in _children(area, "circle")]
    return [each for index, each in enumerate(found) if each and each not in found[:index]]


def _polygon(text: str) -> list[list[float]]:
    """The corners, closed, the right way round; [] when there are none."""
    points = points_of(text)
    if isinstance(points, str) or len(points) < 3:
        return []
    turned = [_placed(lat, lng) for lat, lng in points]
    if None in turned:
        return []
    corners = [each for each in turned if each is not None]
    ring = corners if corners[0] == corners[-1] else [*corners, corners[0]]
    return ring if len(ring) >= FEWEST_POINTS else []


def _placed(lat: float, lng: float) -> list[float] | None:
    """A point; latitude and longitude change places where they can only be meant so."""
    if abs(lat) <= 90 and abs(lng) <= 180:
        return [lat, lng]
    return [lng, lat] if abs(lng) <= 90 and abs(lat) <= 180 else None


def _circle(text: str) -> list[list[float]]:
    parts = text.split()
    points = points_of(parts[0]) if len(parts) == 2 else ""
    try:
        radius = float(parts[1]) if len(parts) == 2 else -1.0
    except ValueError:
        return []
    middle = _placed(*points[0]) if not isinstance(points, str) and points else None
    if middle is None or not 0 < radius < 20_000:
        return []
    lat, lng = middle
    high = radius / _KM_OF_DEGREE
    wide = high / max(cos(radians(lat)), 0.01)
    turns = [2 * pi * n / _CORNERS for n in range(_CORNERS)]
    ring = [[round(lat + high * sin(turn), 6), round(lng + wide * cos(turn), 6)] for turn in turns]
    return [*ring, ring[0]]


def _times(infos: list[Node], name: str) -> list[datetime]:
    return [at for each in infos if (at := _time(_text(each, name))) is not None]


def _time(text: str) -> datetime | None:
    """A time with its zone, of a year in which such a message can be sent; None for any other."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in YEARS else None


def _address(text: str) -> str:
    return text[:500] if text.startswith(("https://", "http://")) else ""


def _first(infos: list[Node], name: str) -> str:
    return next((said for each in infos if (said := _text(each, name))), "")


def _unique(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(each for each in texts if each))


def _children(node: Node, name: str) -> Iterator[Node]:
    return (each for each in node if _local(each) == name)


def _text(node: Node, name: str) -> str:
    return next((_said(each) for each in _children(node, name)), "")


def _said(node: Node) -> str:
    return (node.text or "").strip()


def _local(node: Node) -> str:
    return str(node.tag).rpartition("}")[2]
