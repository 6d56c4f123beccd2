"""What a wall shows of an area: open hazards, what is due, silences, the day against its usual band."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from anlan.base.errors import NotFound
from anlan.cases.terms import State
from anlan.sensing.terms import Lifecycle, Liveness, OutageScope
from anlan.staff.terms import Action
from anlan.store.models import Alarm, Area, Case, CaseEvent, Device, Drill, Outage, Warning
from anlan.store.models.cases import OPEN
from anlan.store.readers.alarms import count_open, open_alarms
from anlan.store.readers.duty import OnDuty, duty_rows
from anlan.store.readers.heard import FromElsewhere, heard_in_force
from anlan.store.readers.live import mark_now
from anlan.store.readers.staff import Acting, case_scope_q, scope_q, scope_roots
from anlan.store.readers.warnings import above, drill_over, in_force

SHOWN = 8
ALARMS = 5
SOON = timedelta(hours=1)
USUAL_DAYS = 28
MOST_SQUARES = 400
"""So many squares a map draws at the most."""


class Usual(NamedTuple):
    """A count of today up to now, and the band of the last days up to the same time: P10 to P90."""

    now: int
    low: int
    high: int
    days: tuple[int, ...]


@dataclass(frozen=True)
class Wall:
    """What a wall shows, at most SHOWN lines of each."""

    since: str  # from where an open page goes on, as in readers/live.py
    area: Area
    below: Sequence[tuple[str, str, int]]  # code, name, open cases
    open: int
    late: int
    latest_late: Sequence[Case]
    due: Sequence[Case]
    due_count: int
    outages: Sequence[Outage]
    outage_count: int
    alarms: Sequence[Alarm]
    alarm_count: int
    on_duty: Sequence[OnDuty]
    warnings: Sequence[Warning]
    others: Sequence[FromElsewhere]  # warnings of other senders
    drill: Drill | None
    events: Sequence[CaseEvent]
    reported: Usual
    closed: Usual
    devices: int
    online: int


def wall(acting: Acting, code: str, now: datetime) -> Wall:
    """The wall of the area with `code`, or of this person's own. Raises NotFound."""
    since = str(mark_now())  # before anything else is read
    area = wall_area(acting, code)
    cases = Case.objects.filter(case_scope_q(acting, Action.VIEW_CASE), area_path__startswith=area.path)
    live = cases.filter(OPEN).exclude(state=State.PARKED)
    counts = _counts(cases, now)
    outages = _outages(acting, area)
    devices = Device.objects.filter(
        scope_q(acting, Action.VIEW_DEVICES), area_path__startswith=area.path
    ).exclude(state=Lifecycle.REMOVED)
    heard = devices.aggregate(
        all=Count("pk", filter=Q(liveness__isnull=False)),
        online=Count("pk", filter=Q(liveness__state=Liveness.ONLINE)),
    )
    named = live.select_related("area").defer("area__boundary", "words")
    return Wall(
        since=since,
        area=area,
        below=_below(area, cases),
        open=counts["open"],
        late=counts["late"],
        latest_late=list(named.filter(due_at__lte=now).order_by("-due_at", "-pk")[:SHOWN]),
        due=list(named.filter(due_at__gt=now, due_at__lte=now + SOON).order_by("due_at", "pk")[:SHOWN]),
        due_count=counts["due"],
        outages=list(outages.order_by("-began_at")[:SHOWN]),
        outage_count=outages.count(),
        alarms=open_alarms(acting, area.path, ALARMS),
        alarm_count=count_open(acting, area.path),
        on_duty=duty_rows(area.path, now)[:ALARMS] if acting.may_somewhere(Action.VIEW_ALARMS) else [],
        warnings=in_force(now, area.path, meant=False)[:SHOWN],
        others=heard_in_force(now, area.path, meant=False)[:SHOWN],
        drill=drill_over(area.path),
        events=_latest_events(acting, area),
        reported=usual(cases, "opened_at", now),
        closed=usual(cases, "closed_at", now),
        devices=heard["all"],
        online=heard["online"],
    )


def _counts(cases: "QuerySet[Case]", now: datetime) -> dict[str, int]:
    """Open cases; those of them that are late and those that are due soon, the parked ones apart."""
    return cases.filter(OPEN).aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(due_at__lte=now) & ~Q(state=State.PARKED)),
        due=Count("pk", filter=Q(due_at__gt=now, due_at__lte=now + SOON) & ~Q(state=State.PARKED)),
    )


def _latest_events(acting: Acting, area: Area) -> list[CaseEvent]:
    seen = case_scope_q(acting, Action.VIEW_CASE, "case__")
    found = CaseEvent.objects.filter(seen, case__area_path__startswith=area.path)
    return list(found.select_related("case").defer("case__words").order_by("-pk")[:SHOWN])


def _outages(acting: Acting, area: Area) -> "QuerySet[Outage]":
    """Silences in an area, and of a wider area that it is part of: one outage stands for all below it.

    Each with `area_name` and `wider`.
    """
    wider = Q(scope=OutageScope.AREA, area_path__in=above(area.path)) & ~Q(area_path=area.path)
    shown = Q(scope_q(acting, Action.VIEW_DEVICES, unit=None), area_path__startswith=area.path)
    if acting.may_somewhere(Action.VIEW_DEVICES):
        shown |= wider
    name = Area.objects.filter(path=OuterRef("area_path")).values("name")[:1]
    return Outage.objects.filter(shown, ended_at=None).annotate(
        area_name=Subquery(name), wider=ExpressionWrapper(wider, BooleanField())
    )


def wall_area(acting: Acting, code: str) -> Area:
    """The area of a wall. Raises NotFound for one that is not theirs."""
    seen = Q(pk__in=[])
    for root in scope_roots(acting, Action.VIEW_OVERVIEW):
        seen |= Q(path__startswith=root)
    found = Area.objects.filter(seen, in_use=True).defer("boundary")
    area = (found.filter(code=code) if code else found.order_by("path")).first()
    if area is None:
        raise NotFound
    return area


def _below(area: Area, cases: "QuerySet[Case]") -> list[tuple[str, str, int]]:
    depth = area.path.count(".") + 1
    counted: dict[str, int] = {}
    for path, n in cases.filter(OPEN).order_by().values_list("area_path").annotate(n=Count("pk")):
        code = path.split(".")[depth - 1]
        counted[code] = counted.get(code, 0) + n
    below = Area.objects.filter(parent=area, in_use=True).order_by("code").values_list("code", "name")
    return [(code, name, counted.get(code, 0)) for code, name in below]


def usual(cases: "QuerySet[Case]", column: str, now: datetime) -> Usual:
    """Counts by day up to this time of day, of today and of the days before."""
    local = timezone.localtime(now)
    first = local.date() - timedelta(days=USUAL_DAYS)
    found = cases.filter(
        **{
            f"{column}__gte": local.replace(hour=0, minute=0, second=0, microsecond=0)
            - timedelta(days=USUAL_DAYS),
            f"{column}__time__lte": local.time(),
        }
    )
    by_day = dict(found.order_by().annotate(day=TruncDate(column)).values_list("day").annotate(n=Count("pk")))
    days = [by_day.get(first + timedelta(days=number), 0) for number in range(USUAL_DAYS)]
    ordered = sorted(days)
    return Usual(
        by_day.get(local.date(), 0),
        ordered[round(0.1 * (USUAL_DAYS - 1))],
        ordered[round(0.9 * (USUAL_DAYS - 1))],
        tuple(days),
    )


class Clump(NamedTuple):
    """A square of a map: open cases and silent devices in it, their middle, the least id of either."""

    cases: int
    silent: int
    lng: float
    lat: float
    case: int | None


class Clumps(NamedTuple):
    """The squares of a view, each `cell` degrees wide, those that hold most first."""

    cell: float
    squares: Sequence[Clump]


CLUMPS = """
SELECT count(*) FILTER (WHERE what = 'case'), count(*) FILTER (WHERE what = 'device'), avg(lng), avg(lat),
       min(id) FILTER (WHERE what = 'case')
FROM ({rows}) found WHERE lng BETWEEN %s AND %s AND lat BETWEEN %s AND %s
GROUP BY floor(lng / %s), floor(lat / %s) ORDER BY count(*) DESC LIMIT {most}
"""


def cell_of(box: tuple[float, float, float, float], zoom: float) -> float:
    """How many degrees wide squares are: 64 to 128 pixels on the map, and more where they were too many."""
    west, south, east, north = box
    cell = 360 / 2.0 ** (math.floor(zoom) + 3)
    while ((east - west) / cell + 1) * ((north - south) / cell + 1) > MOST_SQUARES:
        cell *= 2
    return cell


def clumps(acting: Acting, area: Area, box: tuple[float, float, float, float], zoom: float) -> Clumps:
    """Open cases and silent devices of a view, put together by squares; one query."""
    cell = cell_of(box, zoom)
    cases = (
        Case.objects.filter(OPEN, case_scope_q(acting, Action.VIEW_CASE), area_path__startswith=area.path)
        .exclude(lng=None)
        .order_by()
        .values_list("id", "lng", "lat")
    )
    devices = (
        Device.objects.filter(scope_q(acting, Action.VIEW_DEVICES), area_path__startswith=area.path)
        .filter(liveness__state=Liveness.OFFLINE)
        .exclude(lng=None)
        .order_by()
        .values_list("id", "lng", "lat")
    )
    parts, facts = list[str](), list[Any]()
    for what, rows in (("case", cases), ("device", devices)):
        try:
            statement, given = rows.query.sql_with_params()
        except EmptyResultSet:  # nothing of that kind is theirs to see
            continue
        parts.append(f"SELECT '{what}' AS what, * FROM ({statement}) AS {what}s(id, lng, lat)")
        facts += given
    if not parts:
        return Clumps(cell, [])
    west, south, east, north = box
    with connection.cursor() as cursor:
        cursor.execute(
            CLUMPS.format(rows=" UNION ALL ".join(parts), most=MOST_SQUARES),
            [*facts, west, east, south, north, cell, cell],
        )
        return Clumps(cell, [Clump(*row) for row in cursor.fetchall()])
