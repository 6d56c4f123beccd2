"""The elements of a CAP 1.2 message: in which order, how often, what they hold (section 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
"""Begins the elements of XML signatures, which may follow the last info."""


class Holds(StrEnum):
    """What an element holds."""

    TEXT = "text"
    NAME = "name"  # of a message or a sender: no space, comma, < or &
    TIME = "time"
    WORD = "word"  # one of a list
    LANGUAGE = "language"
    NUMBER = "number"
    WHOLE = "whole"
    WHOLE_ADDRESS = "whole address"  # an absolute URI
    ADDRESS = "address"  # any URI
    BASE64 = "base64"
    LIST = "list"  # with spaces between, in double quotes where one holds spaces
    REFERENCES = "references"
    POLYGON = "polygon"
    CIRCLE = "circle"
    DIGEST = "digest"
    MIME = "mime"
    PARTS = "parts"  # further elements


@dataclass(frozen=True)
class Element:
    """One element: what it holds, whether it must be there, whether it may come more than once."""

    holds: Holds = Holds.TEXT
    required: bool = False
    repeats: bool = False
    words: tuple[str, ...] = ()
    may_be_empty: bool = False


def _word(*words: str, required: bool = True, repeats: bool = False) -> Element:
    return Element(Holds.WORD, required, repeats, words)


_TEXT, _MUST = Element(), Element(required=True)
_TIME = Element(Holds.TIME)
_LIST = Element(Holds.LIST, may_be_empty=True)
_PAIR = Element(Holds.PARTS, repeats=True)

ALERT: Mapping[str, Element] = MappingProxyType(
    {
        "identifier": Element(Holds.NAME, required=True),
        "sender": Element(Holds.NAME, required=True),
        "sent": Element(Holds.TIME, required=True),
        "status": _word("Actual", "Exercise", "System", "Test", "Draft"),
        "msgType": _word("Alert", "Update", "Cancel", "Ack", "Error"),
        "source": _TEXT,
        "scope": _word("Public", "Restricted", "Private"),
        "restriction": _TEXT,
        "addresses": _LIST,
        "code": Element(repeats=True),
        "note": _TEXT,
        "references": Element(Holds.REFERENCES, may_be_empty=True),
        "incidents": _LIST,
        "info": Element(Holds.PARTS, repeats=True),
    }
)
INFO: Mapping[str, Element] = MappingProxyType(
    {
        "language": Element(Holds.LANGUAGE),
        "category": _word(
            *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra"),
            *("CBRNE", "Other"),
            repeats=True,
        ),
        "event": _MUST,
        "responseType": _word(
            *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"),
            required=False,
            repeats=True,
        ),
        "urgency": _word("Immediate", "Expected", "Future", "Past", "Unknown"),
        "severity": _word("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
        "certainty": _word("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
        "audience": _TEXT,
        "eventCode": _PAIR,
        "effective": _TIME,
        "onset": _TIME,
        "expires": _TIME,
        "senderName": _TEXT,
        "headline": _TEXT,
        "description": _TEXT,
        "instruction": _TEXT,
        "web": Element(Holds.WHOLE_ADDRESS),
        "contact": _TEXT,
        "parameter": _PAIR,
        "resource": Element(Holds.PARTS, repeats=True),
        "area": Element(Holds.PARTS, repeats=True),
    }
)
RESOURCE: Mapping[str, Element] = MappingProxyType(
    {
        "resourceDesc": _MUST,
        "mimeType": Element(Holds.MIME, required=True),
        "size": Element(Holds.WHOLE),
        "uri": Element(Holds.ADDRESS),
        "derefUri": Element(Holds.BASE64),
        "digest": Element(Holds.DIGEST),
    }
)
AREA: Mapping[str, Element] = MappingProxyType(
    {
        "areaDesc": _MUST,
        "polygon": Element(Holds.POLYGON, repeats=True),
        "circle": Element(Holds.CIRCLE, repeats=True),
        "geocode": _PAIR,
        "altitude": Element(Holds.NUMBER),
        "ceiling": Element(Holds.NUMBER),
    }
)
PAIR: Mapping[str, Element] = MappingProxyType({"valueName": _MUST, "value": _MUST})
PARAMETER: Mapping[str, Element] = MappingProxyType(
    {"valueName": _MUST, "value": Element(required=True, may_be_empty=True)}
)
"""The standard does not forbid a parameter without a value, and agencies send it."""

PARTS: Mapping[str, Mapping[str, Element]] = MappingProxyType(
    {
        "alert": ALERT,
        "info": INFO,
        "resource": RESOURCE,
        "area": AREA,
        "eventCode": PAIR,
        "parameter": PARAMETER,
        "geocode": PAIR,
    }
)
"""An element that holds others: these, in this order."""
