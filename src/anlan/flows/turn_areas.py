"""Areas begin and end with their days; what is in one that ends goes on in the one that follows it.

The one way for imports, administrators and the timer: an area is in use through its last day, and from the
next on nothing of it is left behind.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.base.errors import Refused
from anlan.flows.follow_ups import tell_pages
from anlan.flows.publish_cases import publish
from anlan.flows.staff_history import record, take_turns
from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    CaseTask,
    Device,
    FeedRule,
    Membership,
    Responsibility,
    Shift,
    Silence,
    Site,
    Unit,
    User,
    Webhook,
)
from anlan.store.models.cases import OPEN
from anlan.store.readers.managed import touched_by_ending_area

logger = logging.getLogger("anlan.areas")


@dataclass(frozen=True)
class Turned:
    """The codes of areas that began, that ended, and whose day is over while something is left in them."""

    begun: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@transaction.atomic
def turn_areas(*, acting_user: User | None, now: datetime) -> Turned:
    """Begin the areas whose first day has come, end those whose last day is over, the lowest first.

    An area in which something is left and that nothing follows stays in use, and is named in the log, until
    an administrator says what follows it. Done again on the same day it changes nothing.
    """
    beginning, ending = _due(now)
    if not beginning.exists() and not ending.exists():
        return Turned()
    take_turns()
    begun = tuple(beginning.order_by("path").values_list("code", flat=True))
    Area.objects.filter(code__in=begun).update(in_use=True)
    ended: list[str] = []
    left: list[str] = []
    for area in ending.defer("boundary").order_by("-path"):
        try:
            end_now(area, acting_user, now)
        except Refused as why:
            logger.warning("area %s stays in use after its last day: %s", area.code, why.reason)
            left.append(area.code)
        else:
            record(acting_user, "ended", f"area:{area.code}", {"in_use": (True, False)}, now)
            ended.append(area.code)
    return Turned(begun, tuple(ended), tuple(left))


def _due(now: datetime) -> tuple[QuerySet[Area], QuerySet[Area]]:
    """Areas that begin, and those that end, by the day that it is in the city."""
    today = timezone.localdate(now)
    not_over = Q(valid_to=None) | Q(valid_to__gte=today)
    begun = Q(valid_from=None) | Q(valid_from__lte=today)
    return (
        Area.objects.filter(not_over, begun, in_use=False),
        Area.objects.filter(in_use=True, valid_to__lt=today),
    )


def end_now(area: Area, actor: User | None, now: datetime) -> None:
    """Take an area out of use; all that is in it goes on in the one in use that follows it.

    Raises Refused("area_has_areas") while areas below it are in use, Refused("area_not_empty") when something
    is in it and nothing follows it.
    """
    below = area.children.filter(in_use=True).count()
    if below:
        raise Refused("area_has_areas", count=below)
    follows = goes_on_in(area)
    if follows is not None:
        _hand_over(area, follows, actor, now)
    elif any(effect.count for effect in touched_by_ending_area(area).effects):
        raise Refused("area_not_empty")
    area.in_use = False
    area.save(update_fields=["in_use"])


def goes_on_in(area: Area) -> Area | None:
    """The area in use that followed an area, or followed what followed it; None when there is none."""
    passed = {area.pk}
    follows = area.successor
    while follows is not None and not follows.in_use and follows.pk not in passed:
        passed.add(follows.pk)
        follows = follows.successor
    return follows if follows is not None and follows.in_use and follows.pk not in passed else None


def _hand_over(area: Area, successor: Area, actor: User | None, now: datetime) -> None:
    """Units, roles, sites, devices, open cases and what else stands for an area go on in another."""
    moved = {"area": successor, "area_path": successor.path}
    for table in (Unit, Site, Device, Webhook, Silence, Shift, FeedRule):
        table._default_manager.filter(area=area).update(**moved)
    for membership in Membership.objects.filter(area=area).order_by("id"):
        _move_role(membership, successor)
    taken = Responsibility.objects.filter(area=successor).values("category")
    Responsibility.objects.filter(area=area).exclude(category__in=taken).update(area=successor)
    Responsibility.objects.filter(area=area).delete()
    _move_cases(
        list(Case.objects.select_for_update(no_key=True).filter(OPEN, area=area).order_by("id")),
        successor,
        actor,
        now,
    )


def _move_cases(cases: Iterable[Case], successor: Area, actor: User | None, now: datetime) -> None:
    """Open cases go on in another area, each with its history; open pages of both areas hear of it."""
    moved = list(cases)
    events = CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case,
            at=now,
            step="moved",
            state_before=case.state,
            state_after=case.state,
            actor=actor,
            source="" if actor else "system",
            changes={"area": [case.area_path.rstrip(".").rpartition(".")[2], successor.code]},
        )
        for case in moved
    )
    for case in moved:
        case.area, case.area_path, case.version = successor, successor.path, case.version + 1
    Case.objects.bulk_update(moved, ["area", "area_path", "version"])
    CaseTask.objects.filter(case__in=moved).update(area_path=successor.path)
    for case, event in zip(moved, events, strict=True):
        publish(case, now)
        tell_pages(event, case)


def _move_role(membership: Membership, successor: Area) -> None:
    """The role goes on in the successor, unless the member has it there already."""
    same = Membership.objects.filter(
        user=membership.user_id, unit=membership.unit_id, role=membership.role, area=successor
    )
    if same.exists():
        membership.delete()
        return
    membership.area, membership.area_path = successor, successor.path
    membership.save(update_fields=["area", "area_path"])
