"""Questions about rules: which judge which series, where they stand, what they said before."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from anlan.base.clock import EPOCH
from anlan.base.when_used import when_used
from anlan.sensing.rules.judging import Span, spans
from anlan.sensing.rules.keeping import rule_of
from anlan.sensing.rules.lanes import Moments
from anlan.sensing.rules.repairing import Recorded
from anlan.sensing.rules.states import States, blank, width
from anlan.sensing.rules.terms import SEVERITIES, RuleKind, RuleMode
from anlan.store.binary_reading import read_columns
from anlan.store.models import AlarmRule, AlarmRuleVersion, RuleState, Series

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

type Found = tuple[NDArray[np.int32], Moments, NDArray[np.float64]]
"""Readings: series, time in microseconds since 1970, value."""

FRESH = 60.0
"""Seconds after which it is asked anew which series the rules judge: devices come, go and move."""
EPOCH_US = "(extract(epoch FROM {}) * 1000000)::bigint"


OF_READINGS = tuple(kind for kind in RuleKind if kind is not RuleKind.MISSING)
"""Kinds that readings ask; missing data is judged by the clock."""


@dataclass(frozen=True, eq=False)
class Judging:
    """A rule with its versions and the series that it judges, in order; `site` is 0 where there is none."""

    pk: int
    kind: RuleKind
    versions: tuple[Span, ...]
    series: NDArray[np.int32]
    site: NDArray[np.int32]

    @property
    def by_site(self) -> bool:
        """Does it judge sites?"""
        return self.kind is RuleKind.AGREEMENT


JUDGED = """
SELECT series.id AS series, coalesce(device.site_id, 0)::int AS site
FROM store_series series JOIN store_device device ON device.id = series.device_id
WHERE series.property_id = %(property)s AND device.state IN ('registered', 'installed')
  AND device.area_path LIKE %(area)s AND (%(all)s OR series.id = ANY(%(only)s::int[]))
ORDER BY series.id
"""


def read_rules(only: Iterable[int] | None = None, kinds: Iterable[RuleKind] = OF_READINGS) -> list[Judging]:
    """Rules with what they judge, of all series or of some; one query, and one for each rule."""
    versions: dict[AlarmRule, list[AlarmRuleVersion]] = {}
    rows = AlarmRuleVersion.objects.select_related("rule__device_kind", "rule__property")
    if only is not None:
        only = list(only)
        properties = Series.objects.filter(pk__in=only).values("property")
        rows = rows.filter(rule__property__in=properties)
    for row in rows.filter(rule__kind__in=kinds).order_by("rule_id", "version"):
        versions.setdefault(row.rule, []).append(row)
    found = (_judging(rule, of_rule, only) for rule, of_rule in versions.items())
    return [each for each in found if len(each.series)]


def versions_of(rule: AlarmRule, rows: Iterable[AlarmRuleVersion]) -> tuple[Span, ...]:
    """The versions of a rule as they judge."""
    return tuple(
        spans(
            [
                rule_of(
                    row.content,
                    code=rule.code,
                    version=row.version,
                    device_kind=rule.device_kind.code,
                    property=rule.property.code,
                    kind=RuleKind(rule.kind),
                    in_force_from=row.in_force_from,
                )
                for row in rows
            ]
        )
    )


def _judging(rule: AlarmRule, rows: Sequence[AlarmRuleVersion], only: Iterable[int] | None) -> Judging:
    versions = versions_of(rule, rows)
    kind = RuleKind(rule.kind)
    if all(each.rule.mode is RuleMode.OFF or not each.rule.levels for each in versions):
        nothing = np.empty(0, np.int32)
        return Judging(rule.pk, kind, versions, nothing, nothing)
    asked = {
        "property": rule.property_id,
        "area": f"{versions[-1].rule.area_path}%",
        "all": only is None,
        "only": list(only or ()),
    }
    found = read_columns(JUDGED, asked, {"series": "i4", "site": "i4"})
    here = found["site"] > 0 if kind is RuleKind.AGREEMENT else np.full(len(found["series"]), fill_value=True)
    return Judging(rule.pk, kind, versions, found["series"][here], found["site"][here])


class RuleBook:
    """The rules of a process that stores many readings: kept, and read anew when one has a new version."""

    def __init__(self) -> None:
        self._rules: list[Judging] = []
        self._mark: tuple[int, int] = (-1, -1)
        self._read_at = 0.0

    def rules(self) -> list[Judging]:
        """All rules that judge something; one query, unless something is new."""
        mark = _newest()
        if mark != self._mark or time.monotonic() - self._read_at > FRESH:
            self._rules, self._mark, self._read_at = read_rules(), mark, time.monotonic()
        return self._rules


def _newest() -> tuple[int, int]:
    """The newest version of a rule and the newest series."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM store_alarmruleversion), "
            "(SELECT coalesce(max(id), 0) FROM store_series)"
        )
        version, series = cursor.fetchone()
    return version, series


NEWEST = f"""
SELECT series, {EPOCH_US.format("at")} AS at FROM latest_value WHERE series = ANY(%(series)s::int[])
"""


def newest_judged(series: NDArray[np.int32], never: int) -> Moments:
    """The time of the newest stored reading of each series, in order; `never` where there is none."""
    found = read_columns(NEWEST, {"series": series.tolist()}, {"series": "i4", "at": "i8"})
    last = np.full(len(series), never, np.int64)
    last[np.searchsorted(series, found["series"])] = found["at"]
    return last


HEARD = f"""
SELECT series.id AS series, {EPOCH_US.format("least(latest.at, latest.received_at)")} AS at,
       coalesce(device.interval_seconds, property.interval_seconds)::float8 AS interval
FROM store_series series JOIN store_device device ON device.id = series.device_id
JOIN store_property property ON property.id = series.property_id
JOIN latest_value latest ON latest.series = series.id
WHERE series.id = ANY(%(series)s::int[]) AND coalesce(device.muted_until <= %(now)s, true)
ORDER BY series.id
"""


def heard_of(rule: Judging, now: datetime) -> dict[str, NDArray[Any]]:
    """Of each series of a rule that was heard and is not muted: `series`, `at`, `interval` in seconds."""
    asked = {"series": rule.series.tolist(), "now": now}
    return read_columns(HEARD, asked, {"series": "i4", "at": "i8", "interval": "f8"})


def states_of(rule: Judging, keys: NDArray[np.int32]) -> States:
    """Where a rule stands with each of these series, or sites, in order; one query."""
    column = "site_id" if rule.by_site else "series_id"
    states = blank(rule.kind, len(keys))
    rows = RuleState.objects.filter(**{"rule_id": rule.pk, f"{column}__in": keys.tolist()})
    wide = 8 * width(rule.kind)
    kept = [row for row in rows.values_list(column, "numbers") if len(row[1]) == wide]
    if kept:
        places = np.searchsorted(keys, np.array([key for key, _ in kept], np.int32))
        numbers = np.frombuffer(b"".join(bytes(row) for _, row in kept), np.float64)
        states[places] = numbers.reshape(len(kept), -1)
    return states


KNOWN = f"""
SELECT observation.series, {EPOCH_US.format("observation.at")} AS at
FROM unnest(%(series)s::int[], %(at)s::timestamptz[]) AS wanted (series, at)
JOIN observation ON observation.series = wanted.series AND observation.at = wanted.at
AND observation.at >= %(floor)s::timestamptz
"""


def stored_already(series: NDArray[np.int32], at: Moments) -> NDArray[np.bool_]:
    """Which of these readings are stored; one query."""
    moments = [EPOCH + timedelta(microseconds=each) for each in at.tolist()]
    asked = {"series": series.tolist(), "at": moments, "floor": min(moments)}
    found = read_columns(KNOWN, asked, {"series": "i4", "at": "i8"})
    known = set(zip(found["series"].tolist(), found["at"].tolist(), strict=True))
    return np.array([each in known for each in zip(series.tolist(), at.tolist(), strict=True)], np.bool_)


BACK = timedelta(days=40)
"""So far before a late reading the one before it is looked for."""
_LAST_BEFORE = """
coalesce((SELECT max(earlier.at) FROM observation earlier
          WHERE earlier.series = late.series AND earlier.at <= {0}
            AND earlier.at >= %(floor)s::timestamptz), {0})
"""
READ_BACK = f"""
SELECT late.series, {EPOCH_US.format("observation.at")} AS at, observation.value
FROM unnest(%(series)s::int[], %(waited)s::timestamptz[]) AS late (series, waited)
CROSS JOIN LATERAL (SELECT {_LAST_BEFORE.format("late.waited")} AS at) waiting
CROSS JOIN LATERAL (SELECT {_LAST_BEFORE.format("waiting.at - %(looks_back)s")} AS at) first
JOIN observation ON observation.series = late.series AND observation.at >= %(floor)s::timestamptz
AND observation.at >= first.at
"""


def read_back(
    series: Sequence[int], late: Sequence[datetime], waits: timedelta, looks_back: timedelta
) -> Found:
    """Stored readings of each series that a walk needs that is right from `late` on: see `repairing`."""
    waited = [each - waits for each in late]
    asked = {
        "series": list(series),
        "waited": waited,
        "looks_back": looks_back,
        "floor": min(waited) - looks_back - BACK,
    }
    found = read_columns(READ_BACK, asked, {"series": "i4", "at": "i8", "value": "f8"})
    return found["series"], found["at"], found["value"]


LINES = 500
"""More lines than a series changes its level in the time that is repaired."""
RECORD = f"""
SELECT {EPOCH_US.format("firing.at")}, firing.severity
FROM store_rulefiring firing JOIN store_alarmruleversion version ON version.id = firing.version_id
JOIN store_series series ON series.device_id = firing.device_id
WHERE version.rule_id = %s AND series.id = %s
ORDER BY firing.id DESC LIMIT {LINES}
"""


def record_of(rule: int, series: int) -> list[Recorded]:
    """What a rule said of a series, in the order in which it was said; one query."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [rule, series])
        return [Recorded(at, level_number(severity)) for at, severity in reversed(cursor.fetchall())]


NUMBERS: Mapping[str, int] = {"": 0, **{each.value: place for place, each in enumerate(SEVERITIES, start=1)}}


def level_number(severity: str) -> int:
    """0 for normal, 4 for red."""
    return NUMBERS[severity]
