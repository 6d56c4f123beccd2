"""Every minute: which devices are heard, late, offline; and what fell silent as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from anlan.base.when_used import when_used
from anlan.flows.alarm_outages import alarm_outages
from anlan.places.terms import within
from anlan.sensing.liveness import Seen, seen_now
from anlan.sensing.outages import Group, Silent, groups, watched
from anlan.sensing.terms import Liveness, OutageScope
from anlan.store.models import IngestOffset, LatestValue, Outage, Watch

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")

LOCK = 7102
GAP = timedelta(minutes=3)
"""After a longer pause between two sweeps we do not know whether anybody could have been heard."""
INGEST_GAP = timedelta(minutes=2)
STILL_OUT = 0.2
"""An area or a gateway is back when less of it than this is still silent; those devices stand alone then."""


@dataclass
class Swept:
    """How many devices are in each state, how many changed, and which outages began and ended."""

    states: dict[str, int] = field(default_factory=dict)
    changed: int = 0
    began: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    """A device as the sweep sees it."""

    id: int
    name: str
    area_path: str
    gateway: str
    heard: float
    interval: float
    says_off: bool
    muted: bool
    before: int
    outage: int | None


@transaction.atomic
def sweep_devices(*, acting_user: None, now: datetime) -> Swept:
    """Judge every device that was ever heard; another sweep that runs already does it instead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return Swept()
        cursor.execute(FORGET)
        cursor.execute(READ, {"now": now})
        rows = [_Row(*row) for row in cursor.fetchall()]
    since = _listening_since(now)
    states = _states(rows, since, now)
    outages = _Outages(rows, states, now)
    outages.settle()
    changed = [row for row in rows if states[row.id] != row.before or outages.of.get(row.id) != row.outage]
    _store(changed, states, outages.of, now)
    alarm_outages(outages.began, outages.ended, now)
    counts = {
        _word(state).value: int(np.count_nonzero(np.array(list(states.values())) == state))
        for state in (Seen.ONLINE, Seen.LATE, Seen.OFFLINE, Seen.MUTED)
    }
    return Swept(counts, len(changed), outages.began, outages.ended)


FORGET = """
DELETE FROM store_deviceliveness USING store_device
WHERE store_device.id = device_id AND store_device.state NOT IN ('registered', 'installed')
"""
READ = """
SELECT device.id, device.name, device.area_path, device.gateway,
       extract(epoch FROM max(least(latest.at, latest.received_at)))::float8,
       min(coalesce(device.interval_seconds, property.interval_seconds))::float8,
       bool_or(property.code = 'online' AND latest.value = 0),
       coalesce(device.muted_until > %(now)s, false),
       CASE seen.state WHEN 'online' THEN 1 WHEN 'late' THEN 2 WHEN 'offline' THEN 3 WHEN 'muted' THEN 4
       ELSE 0 END,
       seen.outage_id
FROM store_device device
JOIN store_series series ON series.device_id = device.id
JOIN store_property property ON property.id = series.property_id
JOIN latest_value latest ON latest.series = series.id
LEFT JOIN store_deviceliveness seen ON seen.device_id = device.id
WHERE device.state IN ('registered', 'installed')
GROUP BY device.id, seen.device_id
"""
STORE = """
INSERT INTO store_deviceliveness (device_id, state, since, outage_id)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[])
ON CONFLICT (device_id) DO UPDATE SET state = excluded.state, outage_id = excluded.outage_id,
since = CASE WHEN store_deviceliveness.state = excluded.state THEN store_deviceliveness.since
        ELSE excluded.since END
"""


def _listening_since(now: datetime) -> datetime:
    """Since when nothing was missed; kept for the next sweep."""
    watch = Watch.objects.select_for_update().first() or Watch(pk=1, listening_since=now, swept_at=now)
    newest = IngestOffset.objects.order_by("-at").values_list("at", flat=True).first()
    deaf = newest is not None and newest < now - INGEST_GAP and not _heard_since(now - INGEST_GAP)
    if now - watch.swept_at > GAP or deaf:
        watch.listening_since = now
    watch.swept_at = now
    watch.save()
    return watch.listening_since


def _heard_since(at: datetime) -> bool:
    return LatestValue.objects.filter(received_at__gte=at).exists()


def _states(rows: Sequence[_Row], since: datetime, now: datetime) -> dict[int, Seen]:
    found = seen_now(
        np.array([row.heard for row in rows], dtype=np.float64),
        np.array([row.interval for row in rows], dtype=np.float64),
        np.array([row.says_off for row in rows], dtype=bool),
        np.array([row.muted for row in rows], dtype=bool),
        np.array([row.before for row in rows], dtype=np.int8),
        since.timestamp(),
        now.timestamp(),
    )
    return {row.id: Seen(state) for row, state in zip(rows, found.tolist(), strict=True)}


class _Outages:
    """Open outages and who is in them: those that are back leave, those that are newly silent join."""

    def __init__(self, rows: Sequence[_Row], states: Mapping[int, Seen], now: datetime) -> None:
        self.rows, self.states, self.now = rows, states, now
        self.open = {outage.pk: outage for outage in Outage.objects.filter(ended_at=None)}
        self.wide: list[Outage] = []
        self.of: dict[int, int | None] = {}
        self.began: list[int] = []
        self.ended: list[int] = []

    def settle(self) -> None:
        """Do it."""
        silent = [row for row in self.rows if self.states[row.id] is Seen.OFFLINE]
        members: dict[int, list[_Row]] = defaultdict(list)
        for row in silent:
            if row.outage in self.open:
                members[row.outage].append(row)
        for outage in list(self.open.values()):
            self._keep_or_end(outage, members.get(outage.pk, []))
        self.wide = [outage for outage in self.open.values() if outage.scope != OutageScope.DEVICE]
        left = [row for row in silent if not self._joins_wider(row)]
        if any(row.id not in self.of for row in left):
            self._group(left)
        self._count()

    def _keep_or_end(self, outage: Outage, members: Sequence[_Row]) -> None:
        wide = outage.scope != OutageScope.DEVICE
        if not members or (wide and len(members) < STILL_OUT * outage.devices):
            self._end([outage.pk])
            return
        for row in members:
            self.of[row.id] = outage.pk

    def _joins_wider(self, row: _Row) -> bool:
        """Is this device in an open outage of an area or a gateway, or does it join one?"""
        held = self.open.get(self.of.get(row.id) or 0)
        if held is not None and held.scope != OutageScope.DEVICE:
            return True
        for outage in self.wide:
            if (outage.scope == OutageScope.AREA and within(row.area_path, outage.key)) or (
                outage.scope == OutageScope.GATEWAY and row.gateway and row.gateway == outage.key
            ):
                if held is not None:
                    self._end([held.pk])
                self.of[row.id] = outage.pk
                return True
        return False

    def _group(self, left: Sequence[_Row]) -> None:
        silent = [Silent(row.id, row.name, row.area_path, row.gateway, row.heard) for row in left]
        alive = (
            (row.area_path, row.gateway, row.heard)
            for row in self.rows
            if self.states[row.id] in (Seen.ONLINE, Seen.LATE)
        )
        heard = {row.id: row.heard for row in left}
        found = groups(silent, watched(alive, silent))
        fresh = [group for group in found if group.scope is not OutageScope.DEVICE or not self._stands(group)]
        self._end({held for group in fresh for pk in group.members if (held := self.of.get(pk)) is not None})
        made = Outage.objects.bulk_create(self._outage(group, heard) for group in fresh)
        for group, outage in zip(fresh, made, strict=True):
            self.open[outage.pk] = outage
            self.began.append(outage.pk)
            for pk in group.members:
                self.of[pk] = outage.pk

    def _stands(self, group: Group) -> bool:
        """Has this one device its own outage already?"""
        return self.of.get(group.members[0]) is not None

    def _outage(self, group: Group, heard: Mapping[int, float]) -> Outage:
        last = max(heard[pk] for pk in group.members)
        return Outage(
            scope=group.scope,
            key=group.key,
            area_path=group.area_path,
            began_at=datetime.fromtimestamp(last, self.now.tzinfo),
            noticed_at=self.now,
            devices=len(group.members),
        )

    def _end(self, outages: Iterable[int]) -> None:
        for pk in outages:
            self.open.pop(pk, None)
            self.ended.append(pk)
        Outage.objects.filter(pk__in=list(outages), ended_at=None).update(ended_at=self.now)

    def _count(self) -> None:
        """More devices may have joined an outage than it began with."""
        counts: dict[int, int] = defaultdict(int)
        for pk in self.of.values():
            counts[pk or 0] += 1
        for outage in self.open.values():
            if counts[outage.pk] > outage.devices:
                Outage.objects.filter(pk=outage.pk).update(devices=counts[outage.pk])


def _store(
    changed: Sequence[_Row],
    states: Mapping[int, Seen],
    outages: Mapping[int, int | None],
    now: datetime,
) -> None:
    if not changed:
        return
    moments = [
        datetime.fromtimestamp(row.heard, now.tzinfo) if states[row.id] in (Seen.LATE, Seen.OFFLINE) else now
        for row in changed
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            STORE,
            [
                [row.id for row in changed],
                [_word(states[row.id]).value for row in changed],
                moments,
                [outages.get(row.id) for row in changed],
            ],
        )


def _word(state: Seen) -> Liveness:
    return Liveness[state.name]
