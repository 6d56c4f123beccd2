"""Stored readings as a rule under trial sees them, and the places of what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.rules.terms import Transition
from anlan.store.binary_reading import read_columns
from anlan.store.models import Series, Site

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

HISTORY = """
SELECT observation.series AS series, (extract(epoch FROM observation.at) * 1000000)::bigint AS at,
       observation.value, coalesce(device.site_id, 0)::int AS site,
       coalesce(device.interval_seconds, property.interval_seconds)::float8 AS interval
FROM store_series series JOIN store_device device ON device.id = series.device_id
JOIN store_property property ON property.id = series.property_id
JOIN store_devicekind kind ON kind.id = property.kind_id
JOIN observation ON observation.series = series.id
WHERE kind.code = %(kind)s AND property.code = %(property)s AND device.area_path LIKE %(area)s
  AND device.state IN ('registered', 'installed') AND observation.at >= %(since)s
LIMIT %(most)s
"""


@dataclass(frozen=True, eq=False)
class History:
    """n readings with the site (0 for none) and the interval in seconds of their series."""

    series: NDArray[np.int32]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    site: NDArray[np.int32]
    interval: NDArray[np.float64]

    @property
    def devices(self) -> int:
        """How many devices they are of."""
        return len(np.unique(self.series))


def history(kind: str, measured: str, area_path: str, since: datetime, most: int) -> History:
    """Readings of a property of devices in an area since a moment, at most so many; one query."""
    asked = {"kind": kind, "property": measured, "area": f"{area_path}%", "since": since, "most": most}
    columns = {"series": "i4", "at": "i8", "value": "f8", "site": "i4", "interval": "f8"}
    return History(**read_columns(HISTORY, asked, columns))


@dataclass(frozen=True)
class Place:
    """Where something was found: the device, "" when a whole site was judged, and the name of the place."""

    device: str
    name: str


def places_of(found: Sequence[Transition]) -> list[Place]:
    """Where each was found; two queries."""
    wanted = {each.series for each in found if each.series is not None}
    series = Series.objects.select_related("device__site").in_bulk(wanted)
    sites = Site.objects.in_bulk({each.site for each in found if each.site is not None})
    return [_place(each, series, sites) for each in found]


def _place(found: Transition, series: dict[int, Series], sites: dict[int, Site]) -> Place:
    if found.series is not None and found.series in series:
        device = series[found.series].device
        return Place(device.name, device.site.name if device.site else device.title or device.name)
    site = sites.get(found.site or 0)
    return Place("", site.name if site else "")
