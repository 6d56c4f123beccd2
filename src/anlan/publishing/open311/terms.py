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


class PhotosAs(StrEnum):
    """How photos go to another server: GeoReport v2 knows an address alone, many servers take files too."""

    ADDRESS = "address"
    PARTS = "parts"


class Status(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class AttributeAsked:
    """One attribute of a service definition, its question in Chinese and English.

    `values` are (key, Chinese, English), for lists alone. With `variable` False it is only shown and asks for
    nothing.
    """

    code: str
    datatype: Datatype
    zh: str
    en: str
    required: bool = False
    variable: bool = True
    order: int = 1
    datatype_description: str = ""
    values: tuple[tuple[str, str, str], ...] = field(default=())
