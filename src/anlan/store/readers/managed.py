"""What administrators look after: which of it they may see, and what a change of it touches."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from anlan.cases.terms import Stage
from anlan.staff.terms import Action, Role, Spot
from anlan.store.models import (
    Area,
    Case,
    CaseTask,
    Category,
    Device,
    Membership,
    Responsibility,
    RoutingVersion,
    Shift,
    Site,
    Unit,
    User,
)
from anlan.store.models.cases import OPEN
from anlan.store.models.tasks import OPEN_TASK
from anlan.store.readers.staff import Acting, case_scope_q, scope_q


@dataclass(frozen=True)
class Effect:
    """How many things a change touches, in which way; `what` is a key of the phrases."""

    what: str
    count: int


@dataclass(frozen=True)
class Touched:
    """Everything that a change touches."""

    effects: tuple[Effect, ...]

    @property
    def mark(self) -> str:
        """The same as long as the change touches the same numbers of things."""
        return ",".join(f"{effect.what}={effect.count}" for effect in self.effects)


def city_path() -> str:
    """The path of the root of the areas; "-" while there is none, which nobody reaches."""
    return Area.objects.filter(parent=None).order_by("path").values_list("path", flat=True).first() or "-"


def visible_members(acting: Acting) -> QuerySet[User]:
    """Members with a role in an area or unit that this person administers.

    Members without any role are seen by who administers the whole city.
    """
    reached = Membership.objects.filter(
        scope_q(acting, Action.MANAGE_MEMBERS, unit=None)
        | scope_q(acting, Action.MANAGE_MEMBERS, area="unit__area_path", unit=None)
    )
    seen = Q(pk__in=reached.values("user"))
    if acting.may(Action.MANAGE_MEMBERS, Spot(city_path())):
        seen |= Q(memberships=None)
    return User.objects.filter(seen)


def visible_units(acting: Acting) -> QuerySet[Unit]:
    """Units of the areas that this person administers."""
    return Unit.objects.filter(scope_q(acting, Action.MANAGE_UNITS, unit=None))


def visible_areas(acting: Acting) -> QuerySet[Area]:
    """Areas that this person administers."""
    return Area.objects.filter(scope_q(acting, Action.MANAGE_AREAS, area="path", unit=None))


def editable_sites(acting: Acting) -> QuerySet[Site]:
    """Sites that this person may change."""
    return Site.objects.filter(scope_q(acting, Action.EDIT_SITES))


def reach_of(member: User) -> list[str]:
    """The paths of all areas that a member's roles and the units below theirs reach."""
    paths = set(member.memberships.values_list("area_path", flat=True))
    for unit_path in member.memberships.values_list("unit_path", flat=True).distinct():
        paths |= set(Unit.objects.filter(path__startswith=unit_path).values_list("area_path", flat=True))
    return sorted(paths)


def membership_words(membership: Membership) -> str:
    """A membership as history names it: role, unit, area by their codes."""
    return f"{membership.role} @ {membership.unit.code} / {membership.area.code}"


def touched_by_closing_member(member: User) -> Touched:
    """A member who may no longer sign in."""
    return _touched(("roles_rest", member.memberships.count()))


def touched_by_taking_role(membership: Membership, now: datetime) -> Touched:
    """A role that its member has no more; a duty roster keeps naming them."""
    held = Acting(membership.user, (membership,))
    drawn = [Case.objects.filter(OPEN), CaseTask.objects.filter(OPEN_TASK)]
    shifts = Shift.objects.filter(ends__gt=now, area_path__startswith=membership.area_path)
    return _touched(
        ("open_cases_unseen", Case.objects.filter(OPEN, case_scope_q(held, Action.VIEW_CASE)).count()),
        ("draws_lost", sum(rows.filter(drawn_verifiers__contains=[membership.pk]).count() for rows in drawn)),
        ("shifts_stay", shifts.filter(Q(user=membership.user) | Q(stand_in=membership.user)).count()),
    )


def touched_by_ending_sessions(member: User) -> Touched:
    """A member who is signed out wherever they are signed in."""
    return _touched(("sessions_end", len(UserSession.objects.purge_and_list(member))))


def touched_by_new_link(member: User) -> Touched:
    """A member whose password ends."""
    ends = ("password_ends", int(member.has_usable_password()))
    return Touched((*_touched(ends).effects, *touched_by_ending_sessions(member).effects))


def touched_by_removing_factors(member: User) -> Touched:
    """A member whose second factors and password end."""
    factors = ("factors_end", Authenticator.objects.filter(user=member).count())
    return Touched((*_touched(factors).effects, *touched_by_new_link(member).effects))


def touched_by_closing_unit(unit: Unit) -> Touched:
    """A unit that no longer acts."""
    return _touched(
        ("members_lose_access", unit.memberships.values("user").distinct().count()),
        ("open_cases_follow", Case.objects.filter(OPEN, unit=unit).count()),
        ("open_tasks_follow", CaseTask.objects.filter(OPEN_TASK, unit=unit).count()),
        ("sites_follow", Site.objects.filter(unit=unit, in_use=True).count()),
        ("categories_follow", Category.objects.filter(unit=unit, active=True).count()),
        ("named_follow", Responsibility.objects.filter(unit=unit).count()),
        ("rules_follow", _rules_naming(unit)),
    )


def leaves_work(touched: Touched) -> bool:
    """Does closing a unit leave something behind that somebody has to go on with?"""
    return any(effect.count for effect in touched.effects if effect.what.endswith("_follow"))


def _rules_naming(unit: Unit) -> int:
    """How many rules of the last version and of the draft send to a unit."""
    newest = RoutingVersion.objects.order_by("-number").values_list("rules", flat=True)[:2]
    return sum(cells["unit"] == unit.code for rules in newest for cells in rules)


def touched_by_moving_unit(unit: Unit) -> Touched:
    """A unit that moves with all below it."""
    below = Q(unit_path__startswith=unit.path)
    return _touched(
        ("units_move", Unit.objects.filter(path__startswith=unit.path).count()),
        ("members_move", Membership.objects.filter(below).values("user").distinct().count()),
        ("open_cases_move", Case.objects.filter(OPEN, below).count()),
        ("sites_move", Site.objects.filter(below).count()),
    )


def touched_by_ending_area(area: Area) -> Touched:
    """An area that ends, its successor going on with what is there."""
    return _touched(
        ("units_go_on", Unit.objects.filter(area=area).count()),
        ("members_go_on", Membership.objects.filter(area=area).values("user").distinct().count()),
        ("sites_go_on", Site.objects.filter(area=area).count()),
        ("devices_go_on", Device.objects.filter(area=area).count()),
        ("open_cases_go_on", Case.objects.filter(OPEN, area=area).count()),
    )


def with_something_in(codes: Collection[str]) -> set[str]:
    """Those of the areas with these codes in which something would have to go on elsewhere; five queries."""
    tables = (Unit.objects, Membership.objects, Site.objects, Device.objects, Case.objects.filter(OPEN))
    found = (rows.filter(area__code__in=codes).values_list("area__code", flat=True) for rows in tables)
    return {code for rows in found for code in rows.distinct().order_by()}


def touched_by_changing_category(category: Category) -> Touched:
    """A category with other limits, names or responsible units."""
    return _touched(("open_cases_keep_deadlines", Case.objects.filter(OPEN, category=category).count()))


def touched_by_changing_site(site: Site, *, area: str, unit: str, in_use: bool) -> Touched | None:
    """A site that goes out of use, or to the area or unit with another code; None when it does neither."""
    here = Case.objects.filter(OPEN, site=site)
    if site.in_use and not in_use:
        return _touched(("open_cases_stay_at_site", here.count()))
    if (site.area.code, site.unit.code if site.unit else "") != (area, unit):
        devices = Device.objects.filter(site=site).exclude(area__code=area)
        return _touched(("open_cases_stay_where_they_are", here.count()), ("devices_stay", devices.count()))
    return None


def _touched(*counts: tuple[str, int]) -> Touched:
    return Touched(tuple(Effect(what, count) for what, count in counts))


def names_of(rows: Iterable[Unit | Area]) -> list[tuple[str, str]]:
    """Codes and names, as choices of a form."""
    return [(row.code, f"{row.name} ({row.code})") for row in rows]


def work_left_alone(unit_path: str) -> int:
    """Open cases and tasks of the units at and below `unit_path` that no active member handles."""
    handlers = Membership.objects.filter(role=Role.HANDLER, user__is_active=True, unit__active=True)
    somebody = Exists(
        handlers.annotate(of=ExpressionWrapper(OuterRef("unit_path"), CharField())).filter(
            of__startswith=F("unit_path")
        )
    )
    cases = Case.objects.filter(stage=Stage.HANDLE, unit_path__startswith=unit_path)
    tasks = CaseTask.objects.filter(OPEN_TASK, unit_path__startswith=unit_path)
    return sum(rows.filter(~somebody).count() for rows in (cases, tasks))
