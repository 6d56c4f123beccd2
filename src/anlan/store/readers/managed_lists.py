"""The lists of the administration: filtered, counted, paged by key, each with a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet

from anlan.base.errors import NotFound
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Case, Category, Membership, Site, StaffEvent, Unit, User
from anlan.store.models.cases import OPEN
from anlan.store.readers.managed import (
    city_path,
    editable_sites,
    visible_areas,
    visible_members,
    visible_units,
)
from anlan.store.readers.staff import Acting, scope_q

PAGE = 50


@dataclass(frozen=True)
class Listed[T: Model]:
    """One page of a list; `next_after` begins the next one, "" at the end."""

    rows: tuple[T, ...]
    total: int
    next_after: str
    first: int = 1
    """The place of the first row in the whole list."""


@dataclass(frozen=True)
class Wanted:
    """What an address asks of a list; "" for no filter."""

    words: str = ""
    kind: str = ""  # kind of unit or site, level of area, role of member
    area: str = ""  # a code: what lies in it
    state: str = ""  # "active", "closed", "invited"; "" for all
    after: str = ""


def members(acting: Acting, wanted: Wanted) -> Listed[User]:
    """Members by user name, with their roles. Three queries."""
    found = visible_members(acting).prefetch_related(
        Prefetch("memberships", Membership.objects.select_related("unit", "area").order_by("id"))
    )
    if wanted.words:
        found = found.filter(
            Q(username__icontains=wanted.words)
            | Q(first_name__icontains=wanted.words)
            | Q(email__icontains=wanted.words)
        )
    held = _given(role=wanted.kind) | _in_area(wanted.area)
    if held:
        found = found.filter(pk__in=Membership.objects.filter(**held).values("user"))
    invited = Q(password__startswith="!")
    states = {
        "active": Q(is_active=True) & ~invited,
        "invited": Q(is_active=True) & invited,
        "closed": Q(is_active=False),
    }
    return _page(found.filter(states.get(wanted.state, Q())), "username", wanted.after)


def units(acting: Acting, wanted: Wanted) -> Listed[Unit]:
    """Units by their place in the tree."""
    found = visible_units(acting).select_related("area", "parent").filter(**_given(kind=wanted.kind))
    found = found.filter(_named(wanted.words), **_in_area(wanted.area))
    if wanted.state:
        found = found.filter(active=wanted.state == "active")
    return _page(found, "path", wanted.after)


def areas(acting: Acting, wanted: Wanted) -> Listed[Area]:
    """Areas by their place in the tree."""
    found = visible_areas(acting).select_related("parent", "successor").filter(**_given(level=wanted.kind))
    found = found.filter(_named(wanted.words), **_in_area(wanted.area, "path"))
    if wanted.state:
        found = found.filter(in_use=wanted.state == "active")
    return _page(found, "path", wanted.after)


def sites(acting: Acting, wanted: Wanted) -> Listed[Site]:
    """Sites by their code."""
    found = editable_sites(acting).select_related("area", "unit").filter(**_given(kind=wanted.kind))
    found = found.filter(_named(wanted.words), **_in_area(wanted.area))
    if wanted.state:
        found = found.filter(in_use=wanted.state == "active")
    return _page(found, "code", wanted.after)


def categories(acting: Acting) -> list[Category]:
    """All categories, each family followed by its own; for who administers the city. Raises NotFound."""
    _check_city(acting, Action.MANAGE_CATEGORIES)
    rows = list(Category.objects.select_related("parent", "unit").order_by("order", "code"))
    families = [row for row in rows if row.parent_id is None]
    return [
        each for family in families for each in (family, *(row for row in rows if row.parent_id == family.pk))
    ]


def history(acting: Acting, subject: str, after: str) -> Listed[StaffEvent]:
    """Changes of staff and places, the newest first; for auditors of the whole city. Raises NotFound."""
    _check_city(acting, Action.VIEW_AUDIT)
    found = StaffEvent.objects.select_related("actor").filter(**_given(subject=subject))
    total = found.count()
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = tuple(found.order_by("-pk")[: PAGE + 1])
    return Listed(rows[:PAGE], total, str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def history_of(subject: str) -> list[StaffEvent]:
    """The newest changes of one subject, which the caller may see."""
    return list(
        StaffEvent.objects.select_related("actor").filter(subject=subject).order_by("-at", "-id")[:30]
    )


def one_member(acting: Acting, username: str) -> tuple[User, list[Membership], int]:
    """A member, the roles that this person administers, and how many others there are. Raises NotFound."""
    member = visible_members(acting).filter(username=username).first()
    if member is None:
        raise NotFound
    held = list(member.memberships.select_related("unit", "area").order_by("id"))
    own = [each for each in held if acting.may(Action.MANAGE_MEMBERS, each)]
    return member, own, len(held) - len(own)


def one_unit(acting: Acting, code: str) -> tuple[Unit, list[Membership], int]:
    """A unit, who has a role in it, and its open cases. Raises NotFound."""
    unit = visible_units(acting).select_related("area", "parent").filter(code=code).first()
    if unit is None:
        raise NotFound
    roles = unit.memberships.filter(scope_q(acting, Action.MANAGE_MEMBERS, unit=None))
    return (
        unit,
        list(roles.select_related("user", "area").order_by("user__username", "id")[:200]),
        Case.objects.filter(OPEN, unit=unit).count(),
    )


def one_area(acting: Acting, code: str) -> Area:
    """An area. Raises NotFound."""
    area = visible_areas(acting).select_related("parent", "successor").filter(code=code).first()
    if area is None:
        raise NotFound
    return area


def one_site(acting: Acting, code: str) -> Site:
    """A site. Raises NotFound."""
    site = editable_sites(acting).select_related("area", "unit").filter(code=code).first()
    if site is None:
        raise NotFound
    return site


def one_category(acting: Acting, code: str) -> Category:
    """A category, for who administers the city. Raises NotFound."""
    _check_city(acting, Action.MANAGE_CATEGORIES)
    category = Category.objects.select_related("parent", "unit").filter(code=code).first()
    if category is None:
        raise NotFound
    return category


def families() -> list[Category]:
    """Active categories of the first level."""
    return list(Category.objects.filter(parent=None, active=True).order_by("order", "code"))


def areas_to_choose(acting: Acting, action: Action) -> QuerySet[Area]:
    """Areas in use in which this person may do `action`."""
    own = scope_q(acting, action, area="path", unit=None)
    return Area.objects.filter(own, in_use=True).order_by("path")


def units_to_choose(acting: Acting, action: Action, besides: str = "") -> QuerySet[Unit]:
    """Active units in whose areas this person may do `action`, and the one with the code `besides`."""
    own = scope_q(acting, action, unit=None) & Q(active=True)
    return Unit.objects.filter(own | Q(code=besides)).order_by("path")


def all_units() -> QuerySet[Unit]:
    """Every unit: any may be responsible, and the one that is may be closed or elsewhere."""
    return Unit.objects.order_by("path")


def codes_called(found: QuerySet[Area] | QuerySet[Unit], words: str) -> list[str]:
    """The codes of up to two rows with this code or name; a code counts before names."""
    by_code = list(found.filter(code=words).values_list("code", flat=True)[:1])
    return by_code or list(found.filter(name=words).values_list("code", flat=True)[:2])


def _check_city(acting: Acting, action: Action) -> None:
    if not acting.may(action, Spot(city_path())):
        raise NotFound


def _named(words: str) -> Q:
    return Q(name__icontains=words) | Q(code__startswith=words) if words else Q()


def _given(**filters: str) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value}


def _in_area(code: str, column: str = "area_path") -> dict[str, str]:
    """What lies in the area with `code`; nothing at all in an area that is not there."""
    if not code:
        return {}
    path = Area.objects.filter(code=code).values_list("path", flat=True).first()
    return {f"{column}__startswith": path or "-"}


def _page[T: Model](found: QuerySet[T], key: str, after: str) -> Listed[T]:
    total = found.count()
    before = found.filter(**{f"{key}__lte": after}).count() if after else 0
    shown: dict[str, Any] = {f"{key}__gt": after} if after else {}
    rows = tuple(found.filter(**shown).order_by(key)[: PAGE + 1])
    following = getattr(rows[PAGE - 1], key) if len(rows) > PAGE else ""
    return Listed(rows[:PAGE], total, following, before + 1)
