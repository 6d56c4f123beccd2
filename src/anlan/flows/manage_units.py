"""Administrators add units, move them in their tree, close them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Model, Q, Value
from django.db.models.functions import Concat, Substr

from anlan.base.errors import NotFound, Refused
from anlan.flows.case_tasks import follow
from anlan.flows.hand_over import hand_over
from anlan.flows.staff_history import check_seen, keep, record, take_turns
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.staff.units import check_area, check_code, check_move, path_below
from anlan.store.models import (
    Area,
    Case,
    CaseTask,
    Device,
    Membership,
    ScoreAppeal,
    Site,
    StageClock,
    Unit,
    Warning,
)
from anlan.store.readers.managed import (
    leaves_work,
    touched_by_closing_unit,
    touched_by_moving_unit,
    visible_units,
)
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class UnitFacts:
    """What may be said of a unit besides where it stands."""

    name: str
    kind: str
    email: str = ""
    phone: str = ""


@transaction.atomic
def add_unit(
    *, acting_user: Acting, code: str, facts: UnitFacts, parent_code: str, area_code: str, now: datetime
) -> Unit:
    """Add a unit below another ("" for none, which takes an administrator of the city).

    Raises NotFound, Refused("unit_code_wrong"), Refused("code_taken"), Refused("unit_closed"),
    Refused("unit_outside_parent"), Refused("tree_too_deep"), Refused("area_ended").
    """
    take_turns()
    check_code(code)
    if Unit.objects.filter(code=code).exists():
        raise Refused("code_taken", code=code)
    parent = _parent(acting_user, parent_code)
    area = _area(acting_user, area_code)
    check_area(area.path, parent.area_path if parent else "")
    unit = Unit.objects.create(
        code=code,
        parent=parent,
        path=path_below(parent.path if parent else "", code),
        area=area,
        area_path=area.path,
        **vars(facts),
    )
    record(acting_user.user, "added", _subject(unit), {"name": (None, facts.name)}, now)
    return unit


@transaction.atomic
def change_unit(*, acting_user: Acting, code: str, facts: UnitFacts, now: datetime) -> Unit:
    """Change what is said of a unit. Raises NotFound."""
    unit = _unit(acting_user, code)
    keep(acting_user.user, "changed", _subject(unit), unit, vars(facts), now)
    return unit


@transaction.atomic
def move_unit(
    *, acting_user: Acting, code: str, parent_code: str, area_code: str, seen: str | None, now: datetime
) -> Unit:
    """Move a unit, and all below it, below another and into another area.

    The paths of all units below it, of their members' roles, cases, clocks, sites and devices change with
    it, at once.
    Raises NotFound, Conflict, Refused("unit_below_itself"), Refused("unit_outside_parent"),
    Refused("unit_closed"), Refused("tree_too_deep"), Refused("area_ended").
    """
    take_turns()
    unit = _unit(acting_user, code)
    parent = _parent(acting_user, parent_code) if parent_code != _code(unit.parent) else unit.parent
    area = _area(acting_user, area_code) if area_code != unit.area.code else unit.area
    check_seen(seen, touched_by_moving_unit(unit).mark)
    below = Unit.objects.filter(path__startswith=unit.path)
    deepest = max(below.values_list("path", flat=True), key=len)
    moved = check_move(unit.path, parent.path if parent else "", deepest)
    check_area(area.path, parent.area_path if parent else "")
    for beyond in below.exclude(pk=unit.pk).values_list("area_path", flat=True).distinct():
        check_area(beyond, area.path)
    changes = {
        "parent": (_code(unit.parent), parent_code),
        "area": (unit.area.code, area.code),
        "path": (unit.path, moved),
    }
    _hold_all_below(unit.path)
    Unit.objects.filter(pk=unit.pk).update(parent=parent, area=area, area_path=area.path)
    ScoreAppeal.objects.filter(unit=unit).update(area_path=area.path)
    rewrite_paths(unit.path, moved)
    record(acting_user.user, "moved", _subject(unit), changes, now)
    unit.refresh_from_db()
    return unit


@transaction.atomic
def close_unit(
    *, acting_user: Acting, code: str, seen: str | None, now: datetime, successor_code: str = ""
) -> Unit:
    """Close a unit: its members lose what they may through it, its work goes to the unit that follows it.

    Raises NotFound, Conflict, Refused("unit_has_units", "successor_needed", "successor_is_itself",
    "unit_closed").
    """
    take_turns()
    unit = _unit(acting_user, code)
    active = unit.children.filter(active=True).count()
    if active:
        raise Refused("unit_has_units", count=active)
    touched = touched_by_closing_unit(unit)
    check_seen(seen, touched.mark)
    successor = _successor(unit, successor_code)
    if successor is None and leaves_work(touched):
        raise Refused("successor_needed")
    if successor is not None:
        hand_over(unit, successor, acting_user, now)
    keep(acting_user.user, "closed", _subject(unit), unit, {"active": False, "successor": successor}, now)
    return unit


@transaction.atomic
def open_unit(*, acting_user: Acting, code: str, now: datetime) -> Unit:
    """Let a closed unit act again. Raises NotFound, Refused("unit_closed") while the one above is closed."""
    take_turns()
    unit = _unit(acting_user, code)
    if unit.parent is not None and not unit.parent.active:
        raise Refused("unit_closed")
    keep(acting_user.user, "opened", _subject(unit), unit, {"active": True, "successor": None}, now)
    return unit


def rewrite_paths(old: str, new: str) -> None:
    """Put `new` in place of `old` at the beginning of every path of units.

    What was drawn and what was scored keep the paths of their time: with those a draw is repeated, and a list
    behind a figure found. Units come last: a path is a key, and who works on one of the other rows may yet
    name a unit.
    """
    tables: tuple[tuple[type[Model], str], ...] = (
        (Membership, "unit_path"),
        (Case, "unit_path"),
        (Site, "unit_path"),
        (CaseTask, "unit_path"),
        (StageClock, "unit_path"),
        (ScoreAppeal, "unit_path"),
        (Device, "unit_path"),
        (Warning, "unit_path"),
        (Unit, "path"),
    )
    for table, column in tables:
        rest = Substr(F(column), len(old) + 1)
        table._default_manager.filter(**{f"{column}__startswith": old}).update(
            **{column: Concat(Value(new), rest)}
        )
    for case in Case.objects.filter(task_reach__contains=[old]):
        follow(case)
        case.save(update_fields=["task_reach"])


def _hold_all_below(path: str) -> None:
    """Lock the units of a subtree, then the cases they have a part in by rising id: docs/decisions/0177."""
    units = Unit.objects.select_for_update(no_key=True).filter(path__startswith=path)
    list(units.order_by("path").values_list("pk"))
    part = Q(unit_path__startswith=path) | Q(task_reach__contains=[path])
    list(Case.objects.select_for_update(no_key=True).filter(part).order_by("pk").values_list("pk"))


def _unit(acting: Acting, code: str) -> Unit:
    """A unit that this person administers, locked, but for those who name it: its key stays free."""
    found = (
        visible_units(acting).select_for_update(no_key=True, of=("self",)).select_related("parent", "area")
    )
    unit = found.filter(code=code).first()
    if unit is None:
        raise NotFound
    return unit


def _parent(acting: Acting, code: str) -> Unit | None:
    """The unit to stand below; standing below none reaches the whole city."""
    if not code:
        check_reach(acting.memberships, Action.MANAGE_UNITS, Spot(_root()))
        return None
    parent = visible_units(acting).filter(code=code).first()
    if parent is None:
        raise NotFound
    if not parent.active:
        raise Refused("unit_closed")
    return parent


def _area(acting: Acting, code: str) -> Area:
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise NotFound
    check_reach(acting.memberships, Action.MANAGE_UNITS, Spot(area.path))
    if not area.in_use:
        raise Refused("area_ended")
    return area


def _root() -> str:
    """The path of the city."""
    return Area.objects.filter(parent=None).order_by("path").values_list("path", flat=True)[0]


def _successor(unit: Unit, code: str) -> Unit | None:
    """Who goes on with the work: any unit that acts, wherever it stands; none for ""."""
    if not code:
        return None
    if code == unit.code:
        raise Refused("successor_is_itself")
    successor = Unit.objects.select_for_update(no_key=True).filter(code=code).first()
    if successor is None:
        raise NotFound
    if not successor.active:
        raise Refused("unit_closed")
    return successor


def _code(unit: Unit | None) -> str:
    return unit.code if unit else ""


def _subject(unit: Unit) -> str:
    return f"unit:{unit.code}"
