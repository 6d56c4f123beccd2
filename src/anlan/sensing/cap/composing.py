"""A CAP 1.2 message from its fields: the names of CAP, in any order; lists where something may repeat."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from anlan.sensing.cap.checking import Fault, faults_of
from anlan.sensing.cap.elements import NAMESPACE, PARTS, Element, Holds

COLOURS: Mapping[str, tuple[str, str]] = {
    "red": ("Extreme", "红色"),
    "orange": ("Severe", "橙色"),
    "yellow": ("Moderate", "黄色"),
    "blue": ("Minor", "蓝色"),
}
"""Colour of a warning: its severity in CAP, and its name in Chinese."""
COLOUR = "ColorCode"
"""Name of the parameter that keeps the colour."""
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, section 2.2."""
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def compose(fields: Mapping[str, Any]) -> tuple[bytes, list[Fault]]:
    """The message, and every fault of the fields; what is wrong in them is left out of the message.

    `colour` of an info (red, orange, yellow, blue) gives severity and the parameter ColorCode. Points of a
    polygon are "lat,lng lat,lng ..." or [[lat, lng], ...].
    """
    faults: list[Fault] = []
    ET.register_namespace("", NAMESPACE)
    root = _built("alert", fields, "/alert", faults)
    document = (XML + ET.tostring(root, encoding="unicode")).encode()
    return document, faults + [each for each in faults_of(document) if each not in faults]


def _built(name: str, fields: Mapping[str, Any], path: str, faults: list[Fault]) -> "ET.Element[str]":
    known = PARTS[name]
    given = _with_colour(fields, path, faults) if name == "info" else dict(fields)
    faults += [Fault(f"{path}/{each}", "is not part of CAP 1.2 here") for each in given if each not in known]
    node = ET.Element(f"{{{NAMESPACE}}}{name}")
    for each, element in known.items():
        if given.get(each) is not None:
            node.extend(_parts(each, element, given[each], f"{path}/{each}", faults))
    return node


def _parts(
    name: str, element: Element, value: Any, path: str, faults: list[Fault]
) -> Iterator["ET.Element[str]"]:
    many = _is_many(element, value)
    if many and not element.repeats:
        faults.append(Fault(path, "must not come twice"))
    for number, each in enumerate(value if many else [value], start=1):
        where = f"{path}[{number}]" if element.repeats else path
        if element.holds is Holds.PARTS:
            if isinstance(each, Mapping):
                yield _built(name, each, where, faults)
            else:
                faults.append(Fault(where, "must be an object with fields"))
            continue
        text = _text(element, each)
        if text is None:
            faults.append(Fault(where, "must be text or a number"))
            continue
        if NOT_IN_XML.search(text):
            faults.append(Fault(where, "must hold no control characters and no half signs"))
            continue
        node = ET.Element(f"{{{NAMESPACE}}}{name}")
        node.text = text
        yield node


def _is_many(element: Element, value: Any) -> bool:
    """Is it a list of values? A polygon may be a list of points itself."""
    if not isinstance(value, list):
        return False
    return element.holds is not Holds.POLYGON or not (value and _is_point(value[0]))


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) == 2 and all(isinstance(each, int | float) for each in value)
    )


def _text(element: Element, value: Any) -> str | None:
    if element.holds is Holds.POLYGON and isinstance(value, list) and all(map(_is_point, value)):
        return " ".join(f"{_number(lat)},{_number(lng)}" for lat, lng in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return value if isinstance(value, str) else _number(value)


def _number(value: int | float) -> str:
    """In digits alone: CAP knows no exponents."""
    return format(Decimal(str(value)), "f")


def _with_colour(fields: Mapping[str, Any], path: str, faults: list[Fault]) -> dict[str, Any]:
    """The fields of an info, its colour as severity and parameter."""
    given = {name: value for name, value in fields.items() if name != "colour"}
    colour = fields.get("colour")
    if colour is None:
        return given
    if colour not in COLOURS:
        faults.append(Fault(f"{path}/colour", f"must be one of {', '.join(COLOURS)}"))
        return given
    severity, _zh = COLOURS[colour]
    if given.setdefault("severity", severity) != severity:
        faults.append(Fault(f"{path}/severity", f"must be {severity} for the colour {colour}"))
    kept = given.get("parameter") or []
    given["parameter"] = [
        *(kept if isinstance(kept, list) else [kept]),
        {"valueName": COLOUR, "value": colour},
    ]
    return given
