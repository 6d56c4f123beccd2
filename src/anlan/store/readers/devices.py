"""Questions about devices: lists with filters, one device, its readings; each a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from anlan.base.errors import NotFound
from anlan.sensing.profiles import PROFILES
from anlan.sensing.terms import Liveness
from anlan.staff.terms import Action
from anlan.store.models import (
    Area,
    Coverage,
    Credential,
    Device,
    DeviceEvent,
    DeviceKind,
    KindVersion,
    LatestValue,
    Observation,
    ObservationDay,
    ObservationHour,
    ObservationMinute,
    Outage,
    Property,
    QuarantineCount,
    Series,
)
from anlan.store.models.observations import RollUp
from anlan.store.readers.staff import Acting, scope_q

PAGE = 50
EVENTS_SHOWN = 50
RAW_FOR = timedelta(days=2)
"""A longer span is drawn from roll-ups by the hour."""
MOST_POINTS = 9_000
"""More than a year has hours, and two days have minutes."""

NEVER = "never"


@dataclass(frozen=True)
class DeviceFilters:
    """What the address of a list of devices asks for; "" leaves a filter out."""

    words: str = ""  # part of a name or a title
    kind: str = ""
    area: str = ""
    state: str = ""
    heard: str = ""  # a Liveness, or NEVER
    gateway: str = ""
    site: str = ""
    after: str = ""  # the name of the last row of the page before


@dataclass(frozen=True)
class DevicePage:
    """One page of devices, how many there are, how they are heard, and where to go on ("" at the end)."""

    devices: Sequence[Device]
    total: int
    heard: Mapping[str, int]
    next_after: str


def visible_devices(acting: Acting, action: Action = Action.VIEW_DEVICES) -> "QuerySet[Device]":
    """Devices in the areas and of the units in which this person may do `action`."""
    return Device.objects.filter(scope_q(acting, action))


def chosen_devices(
    acting: Acting, filters: DeviceFilters, action: Action = Action.VIEW_DEVICES
) -> "QuerySet[Device]":
    """The devices that fit filters."""
    return _narrowed(visible_devices(acting, action), filters)


def device_page(acting: Acting, filters: DeviceFilters) -> DevicePage:
    """Devices by their names: three queries, one less without an area."""
    found = chosen_devices(acting, filters)
    rows = found.filter(name__gt=filters.after) if filters.after else found
    rows = rows.select_related("kind", "area", "unit", "liveness").defer("area__boundary")
    page = list(rows.order_by("name")[: PAGE + 1])
    counted = found.values_list("liveness__state").annotate(n=Count("pk")).order_by()
    heard = {state or NEVER: n for state, n in counted}
    more = page[PAGE - 1].name if len(page) > PAGE else ""
    return DevicePage(page[:PAGE], sum(heard.values()), heard, more)


def _narrowed(devices: "QuerySet[Device]", filters: DeviceFilters) -> "QuerySet[Device]":
    if filters.words:
        devices = devices.filter(Q(title__icontains=filters.words) | Q(name__icontains=filters.words))
    if filters.kind:
        devices = devices.filter(kind__code=filters.kind)
    if filters.state:
        devices = devices.filter(state=filters.state)
    if filters.heard:
        wanted = None if filters.heard == NEVER else filters.heard
        devices = devices.filter(liveness__state=wanted)
    if filters.gateway:
        devices = devices.filter(gateway=filters.gateway)
    if filters.site:
        devices = devices.filter(site__code=filters.site)
    if filters.area:
        path = Area.objects.filter(code=filters.area).values_list("path", flat=True).first()
        devices = devices.filter(area_path__startswith=path) if path else devices.none()
    return devices


def kind_names() -> list[tuple[str, str, str]]:
    """Code, Chinese and English name of each kind, also of the standard ones that no device has yet."""
    known = {profile.code: (profile.code, profile.name_zh, profile.name_en) for profile in PROFILES}
    stored = DeviceKind.objects.order_by("id").values_list("code", "name_zh", "name_en")
    return list((known | {row[0]: row for row in stored}).values())


@dataclass(frozen=True)
class KindView:
    """A kind with what its devices measure, how many there are, and the versions of its profile."""

    kind: DeviceKind
    properties: Sequence[Property]
    versions: Sequence[KindVersion]
    devices: int


def kind_view(code: str) -> KindView:
    """Four queries. Raises NotFound."""
    kind = DeviceKind.objects.filter(code=code).first()
    if kind is None:
        raise NotFound
    properties = Property.objects.filter(kind=kind, observed_as=None).order_by("pk")
    versions = KindVersion.objects.filter(kind=kind).select_related("made_by").order_by("-version")
    return KindView(kind, list(properties), list(versions[:50]), Device.objects.filter(kind=kind).count())


def stored_kinds() -> list[tuple[DeviceKind, int]]:
    """The kinds with how many devices each has."""
    counted = DeviceKind.objects.annotate(n=Count("devices")).order_by("pk")
    return [(kind, kind.n) for kind in counted]


def one_device(acting: Acting, name: str, action: Action = Action.VIEW_DEVICES) -> Device:
    """A device with what it belongs to. Raises NotFound."""
    found = visible_devices(acting, action).select_related("kind", "area", "unit", "site", "liveness")
    device = found.defer("area__boundary").filter(name=name).first()
    if device is None:
        raise NotFound
    return device


@dataclass(frozen=True)
class Measuring:
    """A series of a device with its newest reading."""

    id: int
    code: str
    name_zh: str
    name_en: str
    unit: str
    value: float | None
    at: datetime | None


def measuring(device: Device) -> list[Measuring]:
    """What a device measures: two queries."""
    columns = ("pk", "property__code", "property__name_zh", "property__name_en", "property__unit")
    series = Series.objects.filter(device=device).order_by("pk").values_list(*columns)
    rows = list(series)
    newest = LatestValue.objects.in_bulk([row[0] for row in rows])
    return [_measuring(row, newest.get(row[0])) for row in rows]


def _measuring(row: tuple[int, str, str, str, str], latest: LatestValue | None) -> Measuring:
    value, at = (latest.value, latest.at) if latest else (None, None)
    return Measuring(*row, value=value, at=at)


type Point = tuple[datetime, float, float, float]
"""Time, value, low and high."""


def history(series_id: int, first: datetime, last: datetime) -> list[Point]:
    """What a series was within a span of at most a year, in at most MOST_POINTS points; up to two queries.

    Readings themselves for up to two days; by the minute where they are too many; by the hour for longer
    spans, and where readings are not kept any more.
    """
    if last - first <= RAW_FOR:
        rows = Observation.objects.filter(series_id=series_id, at__gte=first, at__lt=last)
        found = list(rows.order_by("at").values_list("at", "value")[: MOST_POINTS + 1])
        if len(found) > MOST_POINTS:
            return _rolled(ObservationMinute, series_id, first, last)
        if found:
            return [(at, value, value, value) for at, value in found]
    return _rolled(ObservationHour, series_id, first, last)


def _rolled(table: type[RollUp], series_id: int, first: datetime, last: datetime) -> list[Point]:
    rows = table._default_manager.filter(series_id=series_id, at__gte=first, at__lt=last).order_by("at")
    return list(
        rows.annotate(mean=F("sum") / F("count")).values_list("at", "mean", "low", "high")[:MOST_POINTS]
    )


def oldest_day(series_id: int) -> datetime | None:
    """The first day (UTC) of which anything is known of a series; one query."""
    days = ObservationDay.objects.filter(series_id=series_id).order_by("at")
    return days.values_list("at", flat=True).first()


@dataclass(frozen=True)
class DeviceStory:
    """What happened to a device: changes, outages, readings that were not believed, its password."""

    events: Sequence[DeviceEvent]
    outages: Sequence[Outage]
    not_believed: Sequence[tuple[str, int]]
    credential: Credential | None


def story(device: Device) -> DeviceStory:
    """Four queries."""
    events = DeviceEvent.objects.filter(device=device).select_related("actor").order_by("-at", "-pk")
    outages = Outage.objects.filter(Q(scope="device", key=device.name) | Q(members__device=device)).distinct()
    counts = QuarantineCount.objects.filter(device=device.name).values_list("reason")
    return DeviceStory(
        list(events[:EVENTS_SHOWN]),
        list(outages.order_by("-began_at")[:10]),
        list(counts.annotate(n=Sum("count")).order_by("reason")),
        Credential.objects.filter(device=device, revoked_at=None).first(),
    )


@dataclass(frozen=True)
class CameraPage:
    """One page of the public register of cameras; `online` of `total` are heard."""

    cameras: Sequence[Device]
    total: int
    online: int
    next_after: str
    newest: Coverage | None
    area: Area | None


STANDING = Q(is_camera=True, state__in=("installed", "broken"))


def camera_page(code: str, after: str) -> CameraPage:
    """Cameras by their names, for everybody, of an area or of all: four queries. Raises NotFound."""
    area = Area.objects.defer("boundary").filter(code=code, in_use=True).first() if code else None
    if code and area is None:
        raise NotFound
    cameras = Device.objects.filter(STANDING)
    if area is not None:
        cameras = cameras.filter(area_path__startswith=area.path)
    rows = cameras.filter(name__gt=after) if after else cameras
    rows = rows.select_related("area", "unit", "liveness").defer("area__boundary").order_by("name")
    page = list(rows[: PAGE + 1])
    counts = cameras.aggregate(n=Count("pk"), on=Count("pk", filter=Q(liveness__state__in=HEARD)))
    night = Coverage.objects.filter(figure="camera_online", area__path=area.path if area else _root())
    more = page[PAGE - 1].name if len(page) > PAGE else ""
    return CameraPage(page[:PAGE], counts["n"], counts["on"], more, night.order_by("-day").first(), area)


HEARD = (Liveness.ONLINE.value, Liveness.LATE.value)


def _root() -> str:
    return Area.objects.filter(parent=None).order_by("path").values_list("path", flat=True).first() or "-"


@dataclass(frozen=True)
class CoverageRow:
    """An area, and part and whole of each figure of the newest night."""

    area: Area
    figures: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class CoverageView:
    """Figures of an area and those below it, and of its nights before."""

    area: Area
    rows: Sequence[CoverageRow]
    nights: Mapping[str, Sequence[tuple[object, int, int]]]


def coverage(acting: Acting, code: str) -> CoverageView:
    """The figures of an area where this person sees devices: four queries. Raises NotFound."""
    reached = Area.objects.filter(scope_q(acting, Action.VIEW_DEVICES, area="path", unit=None))
    found = reached.filter(code=code) if code else reached.order_by("path")
    area = found.defer("boundary").first()
    if area is None:
        raise NotFound
    areas = [area, *Area.objects.filter(parent=area, in_use=True).defer("boundary").order_by("path")]
    newest = Coverage.objects.filter(area=area).order_by("-day").values("day")[:1]
    figures: dict[int, dict[str, tuple[int, int]]] = {}
    for pk, figure, part, whole in Coverage.objects.filter(area__in=areas, day=newest).values_list(
        "area_id", "figure", "part", "whole"
    ):
        figures.setdefault(pk, {})[figure] = (part, whole)
    nights: dict[str, list[tuple[object, int, int]]] = {}
    for figure, day, part, whole in (
        Coverage.objects.filter(area=area).order_by("day").values_list("figure", "day", "part", "whole")
    ):
        nights.setdefault(figure, []).append((day, part, whole))
    rows = [CoverageRow(each, figures[each.pk]) for each in areas if each.pk in figures]
    return CoverageView(area, rows, nights)
