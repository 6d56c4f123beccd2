"""Questions about one case, each with a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, DateTimeField, FloatField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from anlan.base.errors import NotFound
from anlan.cases.duties import Options, options
from anlan.cases.similar import RECENT, box_around, similar
from anlan.cases.states import ENDED
from anlan.cases.terms import PhotoStage, Step
from anlan.places.terms import Level
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Placed
from anlan.store.models import Area, Case, CaseEvent, CaseTask, Category, Photo, Site, StageClock, Unit
from anlan.store.models.cases import OPEN, case_number
from anlan.store.readers.calendars import calendar_of
from anlan.store.readers.case_parts import About, Told, about
from anlan.store.readers.gathered import Gathered, Whole
from anlan.store.readers.limits import assumed_among
from anlan.store.readers.live import mark_now
from anlan.store.readers.prepared import Given, Prepared
from anlan.store.readers.proof import Proof, proof_of
from anlan.store.readers.queue import active_categories
from anlan.store.readers.routing import Suggested, UnitLoad, hazard_of, suggested_at
from anlan.store.readers.staff import Acting, given_scope, in_scope, may_reach

MOST_SHOWN = 5
MOST_NEAR = 50
"""Open cases near another that are looked at, the nearest first."""


class NearCase(NamedTuple):
    """A case that may be about the same hazard."""

    id: int
    state: str
    title: str
    lng: float | None
    lat: float | None
    opened_at: datetime

    @property
    def number(self) -> str:
        """What people call it: CX-2026-018042."""
        return case_number(self.opened_at, self.id)


@dataclass(frozen=True)
class SimilarCase:
    """A case that may be about the same hazard, and how far away it is; None where nobody knows."""

    case: NearCase
    metres: int | None


@dataclass(frozen=True)
class WrongRoute:
    """A unit that returned the case: whom it was given to, why (as in route_reason, and the desk's note), and
    why that was wrong.
    """

    unit: str
    route: Mapping[str, Any]
    note: str
    why: str
    at: datetime


@dataclass(frozen=True)
class CaseView:
    """All that the page of a case shows to one person."""

    since: str  # from where an open page goes on, as in readers/live.py
    case: Case
    options: Options
    events: list[CaseEvent]
    tasks: list[CaseTask]
    clocks: list[StageClock]  # that run or stand still, but for those of tasks
    assumed: list[int]  # years in which one ends, and whose holidays nobody announced yet
    proof: Proof
    photos: dict[PhotoStage, list[Photo]]
    photo_count: int
    reports: list[Told]
    sees_photos: bool
    sees_contacts: bool
    joined: list[Case]
    similar: list[SimilarCase]
    units: list[UnitLoad]
    wrong_routes: list[WrongRoute]
    now_says: Mapping[str, Any]
    """What the rules in force say of an open case today, as in route_reason; {} for who does not dispatch."""
    categories: list[Category]
    was_looked_at: bool  # by this person, today


_AREA = ("boundary",)
_FOUND = Whole(
    Case,
    without=("words",),
    category=Whole(Category, parent=Whole(Category), unit=Whole(Unit)),
    area=Whole(Area, without=_AREA, parent=Whole(Area, without=_AREA, parent=Whole(Area, without=_AREA))),
    unit=Whole(Unit),
    site=Whole(Site),
    merged_into=Whole(Case, without=("words",)),
)
_FIND = Gathered(cases=lambda: Case.objects.filter(in_scope(), pk=Given("case")).values_list(*_FOUND.names()))


def find_case(acting: Acting, case_id: int) -> Case:
    """The case, if this person may see it; raises NotFound otherwise."""
    found = _FIND(case=case_id, **given_scope(acting, Action.VIEW_CASE))["cases"]
    if not found:
        raise NotFound
    return _FOUND.made(found[0])


def case_view(acting: Acting, case_id: int, now: datetime) -> CaseView:
    """The page of a case; four queries, five for who may accept it. Raises NotFound."""
    since = str(mark_now())  # before anything else is read
    found = about(case_id, acting.user.pk, timezone.localdate(now))
    if found is None or not may_reach(acting, Action.VIEW_CASE, found.case):
        raise NotFound
    case = found.case
    things: list[Placed] = [case, *found.tasks]
    sees_photos = any(may(acting.memberships, Action.VIEW_EVIDENCE, thing) for thing in things)
    photos = found.photos if sees_photos else []
    can = options(case, acting.memberships)
    suggested = suggested_now(acting, found, now)
    return CaseView(
        since=since,
        case=case,
        options=can,
        events=found.events,
        tasks=found.tasks,
        clocks=[clock for clock in found.clocks if clock.task_id is None],
        assumed=assumed_among(found.clocks, calendar_of(found.calendar)),
        proof=proof_of(found),
        photos={stage: [photo for photo in photos if photo.stage == stage] for stage in PhotoStage},
        photo_count=len(photos),
        reports=found.reports,
        sees_photos=sees_photos,
        sees_contacts=may(acting.memberships, Action.VIEW_CONTACT, case),
        joined=found.joined,
        similar=similar_cases(acting, case),
        units=suggested.loads if suggested else [],
        wrong_routes=wrong_routes(found.events),
        now_says=suggested.reason if suggested else {},
        categories=active_categories() if Step.ACCEPT in can.main else [],
        was_looked_at=found.looked,
    )


def wrong_routes(newest_first: Iterable[CaseEvent]) -> list[WrongRoute]:
    """The wrong dispatches in a history, the first one first."""
    found, given = [], None
    for event in reversed(list(newest_first)):
        if event.step == Step.DISPATCH:
            given = event
        elif event.step == Step.RETURN and given is not None:
            unit = event.changes.get("unit", [""])[0] or ""
            route = given.changes.get("route", [None, {}])[1]
            found.append(WrongRoute(unit, route, given.reason, event.reason, event.at))
    return found


def suggested_now(acting: Acting, found: About, now: datetime) -> Suggested | None:
    """What the rules in force say of an open case today, for who may send it; None for others."""
    case = found.case
    if case.state in ENDED or not may(acting.memberships, Action.DISPATCH, case):
        return None
    words = " ".join([case.title, *(told.report.words for told in found.reports)])
    return suggested_at(hazard_of(case, words=words), case.category, now)


def similar_cases(acting: Acting, case: Case) -> list[SimilarCase]:
    """Open cases of the same family near the case in place and time that this person may see; one query.

    Of a case without a point only its area is known: what is near it is what lies in the same village.
    """
    if case.state in ENDED:
        return []
    if case.lng is None or case.lat is None:
        return _in_its_village(acting, case)
    given = _surroundings(case.lng, case.lat, case) | given_scope(acting, Action.VIEW_CASE)
    candidates = {each.id: each for each in map(NearCase._make, _NEAR(**given))}
    found = similar(candidates.values(), case.lng, case.lat, case.opened_at)[:MOST_SHOWN]
    return [SimilarCase(candidates[each.case_id], each.metres) for each in found]


def _in_its_village(acting: Acting, case: Case) -> list[SimilarCase]:
    if case.area.level != Level.VILLAGE:
        return []
    given = _kin(case) | {"area": case.area_id} | given_scope(acting, Action.VIEW_CASE)
    return [SimilarCase(NearCase._make(row), None) for row in _IN_VILLAGE(**given)]


def nearest(cases: QuerySet[Case], case: Case) -> QuerySet[Case]:
    """Those open ones of `cases` of the family, the surroundings and the months of `case`, the nearest first.

    A case without a point is near nothing. At most MOST_NEAR: more are never shown, however many there are.
    """
    if case.lng is None or case.lat is None:
        return cases.none()
    return _near(cases, **_surroundings(case.lng, case.lat, case))


def _surroundings(lng: float, lat: float, case: Case) -> dict[str, Any]:
    west, south, east, north = box_around(lng, lat)
    return {
        "lng": lng,
        "lat": lat,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    } | _kin(case)


def _kin(case: Case) -> dict[str, Any]:
    """Which other cases may be like it: of its family, in its months."""
    return {
        "family": case.category.parent_id or case.category_id,
        "first": case.opened_at - RECENT,
        "last": case.opened_at + RECENT,
        "case": case.pk,
    }


def _alike(cases: QuerySet[Case], **of: Any) -> QuerySet[Case]:
    return (
        cases.filter(OPEN, Q(category=of["family"]) | Q(category__parent=of["family"]))
        .filter(opened_at__gte=of["first"], opened_at__lte=of["last"])
        .exclude(pk=of["case"])
    )


def _near(cases: QuerySet[Case], **of: Any) -> QuerySet[Case]:
    return (
        _alike(cases, **of)
        .filter(in_box(of["west"], of["south"], of["east"], of["north"]))
        .order_by(_apart(of["lng"], of["lat"]), "pk")[:MOST_NEAR]
    )


_KINDS = {"first": DateTimeField(), "last": DateTimeField()} | dict.fromkeys(
    ("lng", "lat", "west", "south", "east", "north"), FloatField()
)
_NEAR = Prepared(
    lambda: _near(
        Case.objects.filter(in_scope()),
        **{name: Given(name, kind) for name, kind in _KINDS.items()},
        **{name: Given(name) for name in ("family", "case")},
    ).values_list(*NearCase._fields)
)

_IN_VILLAGE = Prepared(
    lambda: (
        _alike(
            Case.objects.filter(in_scope(), area_id=Given("area")),
            **{name: Given(name, DateTimeField()) for name in ("first", "last")},
            **{name: Given(name) for name in ("family", "case")},
        )
        .order_by("-opened_at", "-pk")
        .values_list(*NearCase._fields)[:MOST_SHOWN]
    )
)


def _apart(lng: float, lat: float) -> RawSQL:
    """How far a case's point lies from another, squared, in degrees of latitude; true for what is near."""
    return RawSQL(
        "power((store_case.lng - %s) * cos(radians(%s)), 2) + power(store_case.lat - %s, 2)", (lng, lat, lat)
    )


def in_box(west: float | Given, south: float | Given, east: float | Given, north: float | Given) -> RawSQL:
    """Does a case's point lie in the box? Written so that the index on point(lng, lat) answers."""
    return RawSQL(
        "point(store_case.lng, store_case.lat) <@ box(point(%s, %s), point(%s, %s))",
        (west, south, east, north),
        output_field=BooleanField(),
    )


def missed_events(acting: Acting, case_id: int, missed: int) -> list[CaseEvent]:
    """The newest `missed` events of a case, newest first: what somebody who acted too late has not seen."""
    return list(find_case(acting, case_id).events.select_related("actor_unit").order_by("-id")[:missed])
