"""What is kept about a site, by its kind. Places only: nothing here describes a person."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from anlan.places.terms import SiteKind


class Measure(StrEnum):
    """What an attribute holds."""

    COUNT = "count"  # a whole number from 0
    AMOUNT = "amount"  # a number from 0
    YES_NO = "yes_no"
    WORDS = "words"


ATTRIBUTES: Mapping[SiteKind, Mapping[str, Measure]] = MappingProxyType(
    {
        SiteKind.POND: {
            "depth_m": Measure.AMOUNT,
            "area_m2": Measure.AMOUNT,
            "fenced": Measure.YES_NO,
            "warning_sign": Measure.YES_NO,
            "lifebuoys": Measure.COUNT,
        },
        SiteKind.SCHOOL: {"pupils": Measure.COUNT, "crossing": Measure.YES_NO},
        SiteKind.SHOP: {
            "floor_area_m2": Measure.AMOUNT,
            "people_sleep_there": Measure.YES_NO,
            "smoke_alarms": Measure.COUNT,
        },
        SiteKind.COMPOUND: {
            "households": Measure.COUNT,
            "storeys": Measure.COUNT,
            "hydrants": Measure.COUNT,
        },
        SiteKind.CHARGING_SHED: {
            "sockets": Measure.COUNT,
            "sprinklers": Measure.YES_NO,
            "indoors": Measure.YES_NO,
        },
        SiteKind.ROAD_SEGMENT: {
            "length_m": Measure.AMOUNT,
            "speed_limit_kmh": Measure.COUNT,
            "lit": Measure.YES_NO,
        },
        SiteKind.POST: {"staffed_hours": Measure.WORDS},
        SiteKind.ENTERPRISE: {"workers": Measure.COUNT, "dangerous_goods": Measure.YES_NO},
        SiteKind.SHELTER: {"staffed_hours": Measure.WORDS},
        SiteKind.OTHER: {},
    }
)

ALL_NAMES = tuple(sorted({name for attributes in ATTRIBUTES.values() for name in attributes}))
