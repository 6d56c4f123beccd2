"""What a single value of a CAP message may be; each reader gives the fault in a sentence, or None."""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

from anlan.sensing.cap.elements import Holds

_OFFSET = r"[+-]((0\d|1[0-3]):[0-5]\d|14:00)"
"""XML Schema 1.0, part 2, section 3.2.7.3: at most 14 hours."""
_TIME = re.compile(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d{_OFFSET}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_LANGUAGE = re.compile(r"([ix]-|[a-zA-Z]{2,8}(-|$))([a-zA-Z0-9]{1,8}(-|$))*(?<!-)")
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:.")
_IN_NO_ADDRESS = re.compile(r"[\s<>\"{}|\\^`]|%(?![0-9a-fA-F]{2})")
_HOST = re.compile(r"[^/?#]*//([^/?#]*)")
_BRACKETS = re.compile(r"[^\[\]]*(\[[0-9a-fA-F:.]+\][^\[\]]*)?")
"""A host holds brackets around an address of IPv6 alone."""
_IN_NO_NAME = re.compile(r"[\s,<&]")
FEWEST_POINTS = 4
FARTHEST_KM = 20_040
"""Half way around the earth; a radius beyond it was meant in metres."""

Point = tuple[float, float]


def time_of(text: str) -> datetime | None:
    """A time with its offset as CAP writes it, such as 2026-11-02T09:30:00+08:00; None for anything else."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def name_fault(text: str) -> str | None:
    """Of an identifier or a sender."""
    if _IN_NO_NAME.search(text):
        return "must not hold spaces, commas, < or &"
    return None


def time_fault(text: str) -> str | None:
    """Of a time."""
    if time_of(text) is not None:
        return None
    if text.endswith(("Z", "z")):
        return "must give UTC as -00:00, not as Z"
    return "must be a time with its offset, such as 2026-11-02T09:30:00+08:00"


def references_fault(text: str) -> str | None:
    """Of references: groups of sender,identifier,sent with spaces between them."""
    for group in text.split():
        parts = group.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1]:
            return f"“{group}” must be sender,identifier,sent"
        if time_of(parts[2]) is None:
            return f"“{parts[2]}” must be the time at which that message was sent, with its offset"
    return None


def points_of(text: str) -> list[Point] | str:
    """The points of a polygon, (latitude, longitude) in degrees; a sentence where one cannot be read."""
    points: list[Point] = []
    for pair in text.split():
        parts = pair.split(",")
        if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
            return f"“{pair}” must be latitude,longitude"
        points.append((float(parts[0]), float(parts[1])))
    return points


def place_fault(lat: float, lng: float) -> str | None:
    """Of a latitude and a longitude."""
    if abs(lat) <= 90 and abs(lng) <= 180:
        return None
    if abs(lng) <= 90 and abs(lat) <= 180:
        return f"latitude and longitude seem swapped: {lat:g},{lng:g}"
    return f"latitude must be from -90 to 90 and longitude from -180 to 180: {lat:g},{lng:g}"


def polygon_fault(text: str) -> str | None:
    """Of a polygon."""
    points = points_of(text)
    if isinstance(points, str):
        return points
    if len(points) < FEWEST_POINTS:
        return f"must have at least {FEWEST_POINTS} points, the last like the first"
    wrong = next((fault for lat, lng in points if (fault := place_fault(lat, lng))), None)
    if wrong:
        return wrong
    if points[0] != points[-1]:
        return "must end with the point with which it began"
    if _doubled_area(points) == 0:
        return "must enclose an area"
    return None


def _doubled_area(points: list[Point]) -> float:
    """Twice the area by the shoelace formula, in square degrees."""
    (y0, x0), *rest = points
    moved = [(y - y0, x - x0) for y, x in [points[0], *rest]]
    return abs(sum(a[1] * b[0] - b[1] * a[0] for a, b in pairwise(moved)))


def circle_fault(text: str) -> str | None:
    """Of a circle: latitude,longitude and a radius in km."""
    parts = text.split()
    if len(parts) != 2 or not _NUMBER.fullmatch(parts[1]):
        return "must be latitude,longitude, a space, and a radius in km"
    points = points_of(parts[0])
    if isinstance(points, str):
        return points
    if float(parts[1]) < 0:
        return "must have a radius of 0 km or more"
    if float(parts[1]) > FARTHEST_KM:
        return f"must have its radius in km, at most {FARTHEST_KM}"
    return place_fault(*points[0])


def address_fault(text: str) -> str | None:
    """Of a URI (RFC 3986; signs beyond ASCII pass, as in xs:anyURI), which may be relative."""
    host = _HOST.match(text)
    if not text or _IN_NO_ADDRESS.search(text) or (host and not _BRACKETS.fullmatch(host[1])):
        return "must be an address such as https://example.org/"
    return None


def whole_address_fault(text: str) -> str | None:
    """Of an absolute URI."""
    if address_fault(text) or not is_absolute(text):
        return "must be a whole address such as https://example.org/"
    return None


def is_absolute(text: str) -> bool:
    """Does the address begin with its scheme?"""
    return _SCHEME.match(text) is not None


def base64_fault(text: str) -> str | None:
    """Of content in Base64; line breaks may lie in it."""
    try:
        b64decode("".join(text.split()), validate=True)
    except ValueError:
        return "must be the content in Base64"
    return None


def list_fault(text: str) -> str | None:
    """Of a list with spaces between; one that holds spaces stands in double quotes."""
    return None if text.count('"') % 2 == 0 else "must close every double quote"


def _matches(pattern: re.Pattern[str], right: str) -> Callable[[str], str | None]:
    return lambda text: None if pattern.fullmatch(text) else right


FAULTS: Mapping[Holds, Callable[[str], str | None]] = MappingProxyType(
    {
        Holds.NAME: name_fault,
        Holds.TIME: time_fault,
        Holds.REFERENCES: references_fault,
        Holds.POLYGON: polygon_fault,
        Holds.CIRCLE: circle_fault,
        Holds.LANGUAGE: _matches(_LANGUAGE, "must be a language such as zh-CN or en"),
        Holds.NUMBER: _matches(_NUMBER, "must be a number"),
        Holds.WHOLE: _matches(re.compile(r"[0-9]+"), "must be a whole number of bytes"),
        Holds.WHOLE_ADDRESS: whole_address_fault,
        Holds.ADDRESS: address_fault,
        Holds.BASE64: base64_fault,
        Holds.LIST: list_fault,
        Holds.DIGEST: _matches(re.compile(r"[0-9a-fA-F]{40}"), "must be a SHA-1 in 40 hexadecimal digits"),
        Holds.MIME: _matches(_MIME, "must be a type such as image/png"),
    }
)
"""Readers by what an element holds; text may be anything."""
