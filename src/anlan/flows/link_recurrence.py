"""A new case is a closed one come back: linked and counted at intake, undone by a person with a reason."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Q

from anlan.base.errors import Refused
from anlan.cases import recurrence
from anlan.cases.similar import box_around
from anlan.cases.terms import State
from anlan.flows import case_steps
from anlan.staff.terms import Action
from anlan.store.models import Case, Recurrence, ReturningPlace
from anlan.store.readers.cases import in_box
from anlan.store.readers.gathered import Whole
from anlan.store.readers.prepared import Given, Prepared
from anlan.store.readers.staff import Acting

MOST = 200
"""Closed cases that are looked at around one place, the latest first."""


def link_recurrence(case: Case, now: datetime) -> Recurrence | None:
    """Link a new case to the closed one that came back, when there is one, and count the place."""
    again = recurrence.earlier(case, _closed_near(case, now), case.category, now)
    if again is None:
        return None
    before = Case.objects.select_related("area").get(pk=again.case_id)
    return Recurrence.objects.create(
        case=case,
        earlier=before,
        place=_counted(before, case, now),
        metres=again.metres,
        days=again.days,
        at=now,
    )


@transaction.atomic
def undo_recurrence(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """Say that a case is no return of an earlier one; what came back after it becomes a place of its own.

    Raises Refused("no_recurrence", "reason_missing", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    link = Recurrence.objects.select_for_update().filter(case=case, undone_at=None).first()
    if link is None:
        raise Refused("no_recurrence")
    if not reason.strip():
        raise Refused("reason_missing")
    link.undone_at, link.undone_by, link.undone_reason = now, acting_user.user, reason.strip()
    link.save()
    _divide(case, link)
    case_steps.record(case, "recurrence_undone", actor=actor, now=now, reason=reason)
    return case


_PAST = Whole(Case, only=("id", "lng", "lat", "site_id", "closed_at"))
_CLOSED_NEAR = Prepared(
    lambda: (
        Case.objects.filter(
            Q(site=Given("site")) | Q(in_box(*map(Given, ("west", "south", "east", "north")))),
            Q(category=Given("family")) | Q(category__parent=Given("family")),
            state=State.CLOSED,
            closed_at__gte=Given("since", DateTimeField()),
            closed_at__lte=Given("now", DateTimeField()),
        )
        .order_by("-closed_at")
        .values_list(*_PAST.names())[:MOST]
    )
)


def _closed_near(case: Case, now: datetime) -> list[Case]:
    """Closed cases of the same family in the box or at the site, found by the index on places or sites."""
    category = case.category
    if not category.recurs_metres or (case.lng is None and case.site_id is None):
        return []
    west, south, east, north = _box(case, category.recurs_metres)
    rows = _CLOSED_NEAR(
        site=case.site_id,
        west=west,
        south=south,
        east=east,
        north=north,
        family=category.parent_id or category.pk,
        since=now - timedelta(days=category.recurs_days),
        now=now,
    )
    return list(map(_PAST.made, rows))


def _box(case: Case, metres: float) -> tuple[float | None, ...]:
    """West, south, east and north of what lies near; in a box without sides lies nothing."""
    return (None,) * 4 if case.lng is None or case.lat is None else box_around(case.lng, case.lat, metres)


def _counted(before: Case, case: Case, now: datetime) -> ReturningPlace:
    """The place of the chain that `before` belongs to, with one more return."""
    link = Recurrence.objects.filter(case=before, undone_at=None).first()
    own = ReturningPlace.objects.select_for_update()
    place = (own.filter(pk=link.place_id) if link else own.filter(first=before)).first()
    if place is None:
        place = _new_place(before)
    place.returns += 1
    place.last_at = now
    place.save()
    return place


def _new_place(first: Case) -> ReturningPlace:
    family = first.category.parent_id or first.category_id
    return ReturningPlace(
        first=first, family_id=family, area_id=first.area_id, area_path=first.area_path, returns=0
    )


def _divide(case: Case, link: Recurrence) -> None:
    """Take `case` and what came back after it out of the place it was counted at."""
    rest = _after(case)
    if rest:
        place = ReturningPlace.objects.filter(first=case).first() or _new_place(case)
        place.returns, place.last_at = len(rest), max(each.at for each in rest)
        place.save()
        Recurrence.objects.filter(pk__in=[each.pk for each in rest]).update(place=place)
    old = ReturningPlace.objects.select_for_update().get(pk=link.place_id)
    left = Recurrence.objects.filter(place=old, undone_at=None)
    old.returns = left.count()
    old.last_at = max(left.values_list("at", flat=True), default=old.last_at)
    old.save()


def _after(case: Case) -> list[Recurrence]:
    """The links that lead on from a case: its returns, theirs, and so on."""
    found: list[Recurrence] = []
    step = list(Recurrence.objects.filter(earlier=case, undone_at=None))
    while step:
        found += step
        step = list(Recurrence.objects.filter(earlier__in=[each.case_id for each in step], undone_at=None))
    return found
