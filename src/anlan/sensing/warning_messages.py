"""A warning as the fields of a CAP message, and whether its shape lies inside the issuer's area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from anlan.base.when_used import when_used
from anlan.sensing.terms import MessageKind, MessageStatus

if TYPE_CHECKING:
    import shapely
else:
    shapely = when_used("shapely")

SLACK = 0.0005
"""Degrees, about 50 m, by which a shape drawn by hand may cross a boundary."""


class Message(Protocol):
    """What is said, in two languages."""

    @property
    def identifier(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def certainty(self) -> str: ...
    @property
    def event_zh(self) -> str: ...
    @property
    def event_en(self) -> str: ...
    @property
    def headline_zh(self) -> str: ...
    @property
    def headline_en(self) -> str: ...
    @property
    def description_zh(self) -> str: ...
    @property
    def description_en(self) -> str: ...
    @property
    def instruction_zh(self) -> str: ...
    @property
    def instruction_en(self) -> str: ...
    @property
    def onset(self) -> datetime: ...
    @property
    def expires(self) -> datetime: ...
    @property
    def references(self) -> str: ...
    @property
    def polygon(self) -> list[list[float]]: ...


DRILL: Mapping[str, str] = {"zh": "演练：", "en": "Drill: "}
OVER: Mapping[str, str] = {"zh": "解除：", "en": "All clear: "}
LANGUAGES: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}


def fields_of(
    message: Message, *, sender: str, sender_name: str, sent: datetime, place: str, code: str, web: str
) -> dict[str, Any]:
    """The message as `cap.composing.compose` takes it; `place` and `code` name the area."""
    return {
        "identifier": message.identifier,
        "sender": sender,
        "sent": written(sent),
        "status": message.status,
        "msgType": message.kind,
        "scope": "Public",
        "references": message.references or None,
        "info": [
            _info(message, language, sender_name, place, code, web)
            for language in LANGUAGES
            if language == "zh" or message.headline_en
        ],
    }


def _info(message: Message, language: str, sender: str, place: str, code: str, web: str) -> dict[str, Any]:
    def said(name: str) -> str:
        return str(getattr(message, f"{name}_{language}"))

    prefix = DRILL[language] if message.status != MessageStatus.ACTUAL else ""
    prefix += OVER[language] if message.kind == MessageKind.CANCEL else ""
    area: dict[str, Any] = {"areaDesc": place, "geocode": [{"valueName": "GB/T 2260", "value": code}]}
    if message.polygon:
        area["polygon"] = [message.polygon]
    return {
        "language": LANGUAGES[language],
        "category": [message.category],
        "event": said("event") or message.event_zh,
        "responseType": ["AllClear"] if message.kind == MessageKind.CANCEL else None,
        "urgency": message.urgency,
        "certainty": message.certainty,
        "colour": message.colour,
        "onset": written(message.onset),
        "expires": written(message.expires),
        "senderName": sender,
        "headline": prefix + said("headline"),
        "description": said("description") or None,
        "instruction": said("instruction") or None,
        "web": web or None,
        "area": [area],
    }


def written(at: datetime) -> str:
    """A time as CAP has it: with its offset, UTC as -00:00."""
    return at.isoformat(timespec="seconds").replace("+00:00", "-00:00")


def reference(identifier: str, sender: str, sent: datetime) -> str:
    """How a later message names this one."""
    return f"{sender},{identifier},{written(sent)}"


def points_of(text: str) -> list[list[float]] | None:
    """Points typed as "lat,lng lat,lng ...", closed when they are not; None when they cannot be read."""
    try:
        points = [[float(part) for part in pair.split(",")] for pair in text.split()]
    except ValueError:
        return None
    if any(len(point) != 2 for point in points):
        return None
    if points and points[0] != points[-1]:
        points.append(points[0])
    return points


def inside(points: Sequence[Sequence[float]], boundary: bytes | None) -> bool:
    """Does the shape of [lat, lng] points lie in an area? One whose boundary is not known holds none."""
    if boundary is None:
        return False
    shape = shapely.Polygon([(lng, lat) for lat, lng in points])
    return bool(shape.is_valid and shapely.from_wkb(boundary).buffer(SLACK).covers(shape))
