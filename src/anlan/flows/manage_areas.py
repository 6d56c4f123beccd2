"""Administrators add areas between two imports, rename them, and end them with a successor."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import check_seen, keep, record, take_turns
from anlan.flows.turn_areas import end_now
from anlan.places.areas import canonical_code, in_use_on, level_of, parent_code, path_of
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area
from anlan.store.readers.managed import touched_by_ending_area, visible_areas
from anlan.store.readers.staff import Acting


@transaction.atomic
def add_area(
    *, acting_user: Acting, code: str, name: str, kind: str, valid_from: date | None, now: datetime
) -> Area:
    """Add an area; its code says its level and what it lies in. One that begins later is in use from then on.

    Raises NotFound, Refused("area_code_wrong"), Refused("code_taken"), Refused("area_without_parent").
    """
    take_turns()
    above_code = parent_code(code) if canonical_code(code) == code else None
    if above_code is None:
        raise Refused("area_code_wrong", code=code)
    if Area.objects.filter(code=code).exists():
        raise Refused("code_taken", code=code)
    check_reach(acting_user.memberships, Action.MANAGE_AREAS, Spot(path_of(code)))
    above = Area.objects.filter(code=above_code, in_use=True).first()
    if above is None:
        raise Refused("area_without_parent", code=above_code)
    area = Area.objects.create(
        code=code,
        name=name,
        kind=kind,
        level=level_of(code),
        parent=above,
        path=f"{above.path}{code}.",
        valid_from=valid_from,
        in_use=in_use_on(timezone.localdate(now), valid_from, None),
        source="administration",
    )
    record(acting_user.user, "added", f"area:{code}", {"name": (None, name)}, now)
    return area


@transaction.atomic
def change_area(*, acting_user: Acting, code: str, name: str, kind: str, now: datetime) -> Area:
    """Rename an area. Raises NotFound."""
    area = _area(acting_user, code)
    keep(acting_user.user, "changed", f"area:{code}", area, {"name": name, "kind": kind}, now)
    return area


@transaction.atomic
def end_area(
    *, acting_user: Acting, code: str, valid_to: date, successor_code: str, seen: str | None, now: datetime
) -> Area:
    """End an area after `valid_to`; its units, roles, sites and open cases go on in the successor then.

    A day that is over ends it at once; until any other is, nothing changes and another may be named. Ended
    cases and incidents stay where they happened. Raises NotFound, Conflict, Refused("area_is_root"),
    "area_has_areas", "area_not_empty", "successor_wrong" or "area_ends_before".
    """
    take_turns()
    area = _area(acting_user, code)
    _check_end(area, valid_to)
    successor = _successor(acting_user, area, successor_code, valid_to)
    touched = touched_by_ending_area(area)
    check_seen(seen, touched.mark)
    if successor is None and any(effect.count for effect in touched.effects):
        raise Refused("area_not_empty")
    columns = {"valid_to": valid_to, "successor": successor}
    over = valid_to < timezone.localdate(now)
    keep(acting_user.user, "ended" if over else "ends", f"area:{code}", area, columns, now)
    if over:
        end_now(area, acting_user.user, now)
    return area


def _area(acting: Acting, code: str) -> Area:
    """An area that this person administers, locked."""
    area = visible_areas(acting).select_for_update(of=("self",)).filter(code=code).first()
    if area is None:
        raise NotFound
    return area


def _check_end(area: Area, valid_to: date) -> None:
    if area.parent_id is None:
        raise Refused("area_is_root")
    if area.valid_from is not None and valid_to < area.valid_from:
        raise Refused("area_ends_before", began=area.valid_from)
    below = area.children.filter(in_use=True).exclude(valid_to__lte=valid_to).count()
    if below:
        raise Refused("area_has_areas", count=below)


def _successor(acting: Acting, area: Area, code: str, valid_to: date) -> Area | None:
    """What goes on in its place: an area in use the day after, that this person administers too."""
    if not code:
        return None
    successor = visible_areas(acting).filter(code=code).exclude(pk=area.pk).first()
    after = valid_to + timedelta(days=1)
    if successor is None or not in_use_on(after, successor.valid_from, successor.valid_to):
        raise Refused("successor_wrong")
    return successor
