"""The words of GeoReport v2."""

from dataclasses import dataclass, field
from enum import StrEnum


class Datatype(StrEnum):
    """What an attribute of a service takes."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLE = "singlevaluelist"
    MULTI = "multivaluelist"


LISTS = frozenset({Datatype.SINGLE, Datatype.MULTI})


class ServiceType(StrEnum):
    """How an id comes back from a POST: at once, or later by a token."""

    REALTIME = "realtime"
    BATCH = "batch"
    BLACKBOX = "blackbox"


class Status(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class AttributeAsked:
    """One attribute of a service definition; `values` are (key, name) pairs, for lists alone.

    With `variable` False it is only shown and asks for nothing.
    """

    code: str
    datatype: Datatype
    description: str
    required: bool = False
    variable: bool = True
    order: int = 1
    datatype_description: str = ""
    values: tuple[tuple[str, str], ...] = field(default=())
