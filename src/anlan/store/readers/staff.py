"""The store's door for staff: who is acting, and which things they may reach."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from anlan.base.errors import NotFound
from anlan.places.terms import within
from anlan.staff.permissions import allowed_relations, may
from anlan.staff.terms import Action, Placed, Relation, Role
from anlan.store.models import Area, Case, Membership, Unit, User
from anlan.store.readers.prepared import Given, Prepared, Row, columns, instance

NOTHING = Q(pk__in=())
"""No row at all; Django asks the database nothing for it."""


@dataclass(frozen=True)
class Acting:
    """A member of staff and what they are, as read once for a request."""

    user: User
    memberships: tuple[Membership, ...]

    def may(self, action: Action, thing: Placed) -> bool:
        """May this person do `action` to `thing`?"""
        return may(self.memberships, action, thing)

    def may_somewhere(self, action: Action) -> bool:
        """Is there any place at all in which this person may do `action`?"""
        return any(allowed_relations(Role(membership.role), action) for membership in self.memberships)

    def may_in_area(self, action: Action) -> bool:
        """Is there an area in the whole of which this person may do `action`?"""
        return any(
            Relation.OWN_AREA in allowed_relations(Role(membership.role), action)
            for membership in self.memberships
        )

    def may_in_whole_city(self, action: Action) -> bool:
        """May this person do `action` everywhere: by a role for the root of the areas?"""
        return any(
            Relation.OWN_AREA in allowed_relations(Role(membership.role), action)
            for membership in self.memberships
            if membership.area.parent_id is None
        )


def acting_for(user: AbstractBaseUser | AnonymousUser) -> Acting:
    """The member of staff behind a request's user, in one query; raises NotFound for anybody else.

    Memberships of a unit that no longer acts give nothing.
    """
    if not isinstance(user, User) or not user.is_active:
        raise NotFound
    return Acting(user, tuple(map(_membership, _MEMBERSHIPS(user=user.pk))))


_ACCOUNT = columns(User)
_ACCOUNTS = Prepared(lambda: User.objects.filter(pk=Given("user")).values_list(*_ACCOUNT))
_MEMBERSHIP, _UNIT, _AREA = columns(Membership), columns(Unit), columns(Area, without=("boundary",))
_MEMBERSHIPS = Prepared(
    lambda: (
        Membership.objects.filter(user_id=Given("user"), unit__active=True)
        .order_by("id")
        .values_list(
            *_MEMBERSHIP, *columns(Unit, below="unit"), *columns(Area, below="area", without=("boundary",))
        )
    )
)


def account(user_id: int) -> User | None:
    """The account with this id; one query."""
    rows = _ACCOUNTS(user=user_id)
    return instance(User, _ACCOUNT, rows[0]) if rows else None


def _membership(row: Row) -> Membership:
    """A membership with its unit and its area, out of a row of all three."""
    unit, area = len(_MEMBERSHIP), len(_MEMBERSHIP) + len(_UNIT)
    member = instance(Membership, _MEMBERSHIP, row[:unit])
    member.unit = instance(Unit, _UNIT, row[unit:area])
    member.area = instance(Area, _AREA, row[area:])
    return member


def scope_q(acting: Acting, action: Action, *, area: str = "area_path", unit: str | None = "unit_path") -> Q:
    """Keeps only the things to which this person may do `action`: the same answer as `permissions.may`.

    `area` and `unit` name the columns that hold the paths, such as "case__area_path"; `unit` is None
    for things that belong to no unit.
    """
    kept = NOTHING
    for root in _roots(acting, action, Relation.OWN_AREA):
        kept |= Q(**{f"{area}__startswith": root})
    for root in _roots(acting, action, Relation.OWN_UNIT) if unit else ():
        kept |= Q(**{f"{unit}__startswith": root})
    return kept


def case_scope_q(acting: Acting, action: Action, prefix: str = "") -> Q:
    """Keeps the cases on which this person may do `action`, those included in which their unit has a task.

    For what a task lets its unit do to the whole case: see it, and its photos. `prefix` leads to the case.
    """
    kept = scope_q(acting, action, area=f"{prefix}area_path", unit=f"{prefix}unit_path")
    roots = _roots(acting, action, Relation.OWN_UNIT)
    return kept | Q(**{f"{prefix}task_reach__overlap": roots}) if roots else kept


def may_reach(acting: Acting, action: Action, case: Case) -> bool:
    """The same for a case that was read."""
    roots = _roots(acting, action, Relation.OWN_UNIT)
    return acting.may(action, case) or not frozenset(roots).isdisjoint(case.task_reach or ())


IN_SCOPE = (
    "(store_case.area_path ^@ ANY(%s::text[]) OR store_case.unit_path ^@ ANY(%s::text[]) "
    "OR store_case.task_reach && %s::varchar[])"
)


def in_scope() -> RawSQL:
    """The same for a prepared query of cases, asked with the values of `given_scope`."""
    places = (Given("area_roots"), Given("unit_roots"), Given("unit_roots"))
    return RawSQL(IN_SCOPE, places, output_field=BooleanField())


def given_scope(acting: Acting, action: Action) -> dict[str, list[str]]:
    """To which cases this person may do `action`, as values for `in_scope`."""
    return {
        "area_roots": _roots(acting, action, Relation.OWN_AREA),
        "unit_roots": _roots(acting, action, Relation.OWN_UNIT),
    }


def inside_q(acting: Acting) -> Q:
    """What units did to which this person belongs, or below which they belong: they may not verify it."""
    held = {above for each in acting.memberships for above in with_those_above(each.unit_path)}
    return Q(unit_path__in=sorted(held))


def with_those_above(path: str) -> list[str]:
    """The path of a unit and those of the units above it."""
    codes = path.rstrip(".").split(".")
    return [".".join(codes[:depth]) + "." for depth in range(1, len(codes) + 1)]


def scope_roots(acting: Acting, action: Action) -> list[str]:
    """The roots of the areas in which this person may do `action`, for queries written by hand."""
    return _roots(acting, action, Relation.OWN_AREA)


def _roots(acting: Acting, action: Action, relation: Relation) -> list[str]:
    """The roots of the subtrees in which `action` is allowed by `relation`."""
    return highest(
        membership.area_path if relation is Relation.OWN_AREA else membership.unit_path
        for membership in acting.memberships
        if relation in allowed_relations(Role(membership.role), action)
    )


def highest(paths: Iterable[str]) -> list[str]:
    """The paths that do not lie below another one of them, in order."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not within(path, kept[-1]):
            kept.append(path)
    return kept


def administers(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Is this an account through which staff, units, areas or categories can be changed? One query."""
    if not isinstance(user, User):
        return False
    return user.is_superuser or user.memberships.filter(role=Role.ADMINISTRATOR).exists()


def is_staffed() -> bool:
    """Is there any account at all? One query."""
    return User.objects.exists()
