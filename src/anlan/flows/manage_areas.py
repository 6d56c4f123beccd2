"""Administrators add areas between two imports, rename them, and end them with a successor."""

from datetime import date, datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.publish_cases import publish
from anlan.flows.staff_history import check_seen, keep, record, take_turns
from anlan.places.areas import canonical_code, level_of, parent_code, path_of
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Case, CaseEvent, Membership, Site, Unit
from anlan.store.models.cases import OPEN
from anlan.store.readers.managed import touched_by_ending_area, visible_areas
from anlan.store.readers.staff import Acting


@transaction.atomic
def add_area(
    *, acting_user: Acting, code: str, name: str, kind: str, valid_from: date | None, now: datetime
) -> Area:
    """Add an area; its code says its level and what it lies in.

    Raises NotFound, Refused("area_code_wrong"), Refused("code_taken"), Refused("area_without_parent").
    """
    take_turns()
    above_code = parent_code(code) if canonical_code(code) == code else None
    if above_code is None:
        raise Refused("area_code_wrong", code=code)
    if Area.objects.filter(code=code).exists():
        raise Refused("code_taken", code=code)
    check_reach(acting_user.memberships, Action.MANAGE_AREAS, Spot(path_of(code)))
    above = Area.objects.filter(code=above_code, valid_to=None).first()
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
    """End an area; its units, roles, sites and open cases go on in the successor, at once.

    Ended cases and incidents stay where they happened. Raises NotFound, Conflict, Refused("area_is_root"),
    "area_has_areas", "area_not_empty", "successor_wrong" or "area_ends_before".
    """
    take_turns()
    area = _area(acting_user, code)
    _check_end(area, valid_to)
    successor = _successor(acting_user, area, successor_code)
    touched = touched_by_ending_area(area)
    check_seen(seen, touched.mark)
    if successor is None and any(effect.count for effect in touched.effects):
        raise Refused("area_not_empty")
    if successor is not None:
        _hand_over(acting_user, area, successor, now)
    columns = {"valid_to": valid_to, "successor": successor}
    keep(acting_user.user, "ended", f"area:{code}", area, columns, now)
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
    below = area.children.filter(valid_to=None).count()
    if below:
        raise Refused("area_has_areas", count=below)


def _successor(acting: Acting, area: Area, code: str) -> Area | None:
    """What goes on in its place: an area in use that this person administers too."""
    if not code:
        return None
    successor = visible_areas(acting).filter(code=code, valid_to=None).exclude(pk=area.pk).first()
    if successor is None:
        raise Refused("successor_wrong")
    return successor


def _hand_over(acting: Acting, area: Area, successor: Area, now: datetime) -> None:
    """Units, roles, sites and open cases of an area go on in another."""
    moved = {"area": successor, "area_path": successor.path}
    Unit.objects.filter(area=area).update(**moved)
    Site.objects.filter(area=area).update(**moved)
    for membership in Membership.objects.filter(area=area).order_by("id"):
        _move_role(membership, successor)
    cases = list(Case.objects.select_for_update().filter(OPEN, area=area).order_by("id"))
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case,
            at=now,
            step="moved",
            state_before=case.state,
            state_after=case.state,
            actor=acting.user,
            changes={"area": [area.code, successor.code]},
        )
        for case in cases
    )
    for case in cases:
        case.area, case.area_path, case.version = successor, successor.path, case.version + 1
    Case.objects.bulk_update(cases, ["area", "area_path", "version"])
    for case in cases:
        publish(case, now)


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
