"""Questions about one case, each with a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from anlan.base.errors import NotFound
from anlan.cases.duties import Options, options
from anlan.cases.similar import RECENT, box_around, similar
from anlan.cases.states import ENDED
from anlan.cases.terms import PhotoStage, Stage, Step
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Placed
from anlan.store.models import Case, CaseEvent, CaseTask, Category, Photo, Report, StageClock, Unit
from anlan.store.models.cases import OPEN
from anlan.store.readers.live import mark_now
from anlan.store.readers.queue import active_categories, visible
from anlan.store.readers.routing import hazard_of, suggestion_for
from anlan.store.readers.staff import Acting

MOST_NEAR = 50
"""Open cases near another that are looked at, the nearest first."""


@dataclass(frozen=True)
class UnitLoad:
    """A unit that could act, with what it has to do already."""

    unit: Unit
    open: int
    overdue: int
    suggested: bool


@dataclass(frozen=True)
class SimilarCase:
    """A case that may be about the same hazard, and how far away it is."""

    case: Case
    metres: int


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
    photos: dict[PhotoStage, list[Photo]]
    photo_count: int
    reports: list[Report]
    sees_photos: bool
    sees_contacts: bool
    joined: list[Case]
    similar: list[SimilarCase]
    units: list[UnitLoad]
    wrong_routes: list[WrongRoute]
    now_says: Mapping[str, Any]
    """What the rules in force say of an open case today, as in route_reason; {} for who does not dispatch."""
    categories: list[Category]


def find_case(acting: Acting, case_id: int) -> Case:
    """The case, if this person may see it; raises NotFound otherwise."""
    case = (
        visible(acting)
        .select_related(
            "category__parent", "category__unit", "area__parent__parent", "unit", "site", "merged_into"
        )
        .defer("area__boundary", "area__parent__boundary", "area__parent__parent__boundary")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotFound
    return case


def case_view(acting: Acting, case_id: int, now: datetime) -> CaseView:
    """The page of a case; raises NotFound."""
    since = str(mark_now())  # before anything else is read
    case = find_case(acting, case_id)
    tasks = list(case.tasks.select_related("unit").order_by("given_at", "pk"))
    things: list[Placed] = [case, *tasks]
    sees_photos = any(may(acting.memberships, Action.VIEW_EVIDENCE, thing) for thing in things)
    photos = list(case.photos.order_by("made_at")) if sees_photos else []
    can = options(case, acting.memberships)
    events = list(case.events.select_related("actor_unit").order_by("-at", "-id"))
    now_says = route_now(acting, case, now)
    return CaseView(
        since=since,
        case=case,
        options=can,
        events=events,
        tasks=tasks,
        clocks=list(
            StageClock.objects.filter(case=case, task=None, ended_at=None).order_by("due_at", "stage")
        ),
        photos={stage: [photo for photo in photos if photo.stage == stage] for stage in PhotoStage},
        photo_count=len(photos),
        reports=list(
            case.reports.select_related("contact", "sent")
            .prefetch_related("additions")
            .order_by("received_at")
        ),
        sees_photos=sees_photos,
        sees_contacts=may(acting.memberships, Action.VIEW_CONTACT, case),
        joined=list(case.merged_cases.order_by("pk")),
        similar=similar_cases(acting, case),
        units=unit_loads(case, now_says.get("unit"), now) if now_says else [],
        wrong_routes=wrong_routes(events),
        now_says=now_says,
        categories=active_categories() if Step.ACCEPT in can.main else [],
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


def route_now(acting: Acting, case: Case, now: datetime) -> Mapping[str, Any]:
    """What the rules in force say of an open case today, for who may send it; {} for others."""
    if case.state in ENDED or not may(acting.memberships, Action.DISPATCH, case):
        return {}
    suggestion = suggestion_for(hazard_of(case), case.category, now)
    return suggestion.reason if suggestion else {}


def similar_cases(acting: Acting, case: Case) -> list[SimilarCase]:
    """Open cases of the same family near the case in place and time that this person may see."""
    if case.lng is None or case.lat is None or case.state in ENDED:
        return []
    candidates = {each.pk: each for each in nearest(visible(acting), case)}
    found = similar(candidates.values(), case.lng, case.lat, case.opened_at)[:5]
    return [SimilarCase(candidates[each.case_id], each.metres) for each in found]


def nearest(cases: QuerySet[Case], case: Case) -> QuerySet[Case]:
    """Those open ones of `cases` of the family, the surroundings and the months of `case`, the nearest first.

    A case without a point is near nothing. At most MOST_NEAR: more are never shown, however many there are.
    """
    if case.lng is None or case.lat is None:
        return cases.none()
    family = case.category.parent_id or case.category_id
    return (
        cases.filter(OPEN, Q(category=family) | Q(category__parent=family))
        .filter(in_box(*box_around(case.lng, case.lat)))
        .filter(opened_at__gte=case.opened_at - RECENT, opened_at__lte=case.opened_at + RECENT)
        .exclude(pk=case.pk)
        .order_by(_apart(case.lng, case.lat), "pk")[:MOST_NEAR]
    )


def _apart(lng: float, lat: float) -> RawSQL:
    """How far a case's point lies from another, squared, in degrees of latitude; true for what is near."""
    return RawSQL(
        "power((store_case.lng - %s) * cos(radians(%s)), 2) + power(store_case.lat - %s, 2)", (lng, lat, lat)
    )


def in_box(west: float, south: float, east: float, north: float) -> RawSQL:
    """Does a case's point lie in the box? Written so that the index on point(lng, lat) answers."""
    return RawSQL(
        "point(store_case.lng, store_case.lat) <@ box(point(%s, %s), point(%s, %s))",
        (west, south, east, north),
        output_field=BooleanField(),
    )


def unit_loads(case: Case, best: str | None, now: datetime) -> list[UnitLoad]:
    """Units that work where the case lies and the suggested one, which comes first; in one query.

    Each comes with its cases at work (being rectified or verified) and those of them that are overdue.
    """
    at_work = Case.objects.filter(unit=OuterRef("pk"), stage__in=[Stage.HANDLE, Stage.VERIFY])
    overdue = at_work.filter(stage=Stage.HANDLE, due_at__lte=now)
    units = (
        Unit.objects.filter(
            Q(area__code__in=case.area.path.rstrip(".").split(".")) | Q(code=best), active=True
        )
        .annotate(open_cases=_number_of(at_work), overdue_cases=_number_of(overdue))
        .order_by("-area_path", "code")
    )
    loads = [UnitLoad(unit, unit.open_cases, unit.overdue_cases, unit.code == best) for unit in units]
    return sorted(loads, key=lambda load: not load.suggested)


def _number_of(rows: QuerySet[Case]) -> Coalesce:
    counted = rows.order_by().values("unit").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def missed_events(acting: Acting, case_id: int, missed: int) -> list[CaseEvent]:
    """The newest `missed` events of a case, newest first: what somebody who acted too late has not seen."""
    return list(find_case(acting, case_id).events.select_related("actor_unit").order_by("-id")[:missed])
