"""Which unit the rules in force suggest: read with a fixed number of queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from anlan.cases.routing import Directory, Suggestion, suggest
from anlan.cases.rule_tables import ROLES, taken
from anlan.cases.rules import Hazard, Rule, Target
from anlan.store.models import Area, Case, Category, Membership, Responsibility, RoutingVersion, Unit


@dataclass(frozen=True)
class Ruleset:
    """The rules of one version; number 0 and no rules before the first was put in force."""

    number: int
    rules: tuple[Rule, ...]

    @property
    def reads_words(self) -> bool:
        """Does a rule look at what was said?"""
        return any(rule.words for rule in self.rules)


def rules_in_force(now: datetime) -> Ruleset:
    """The version that is in force at `now`, in one query."""
    version = (
        RoutingVersion.objects.filter(put_in_force_at__isnull=False, in_force_from__lte=now)
        .order_by("-in_force_from", "-number")
        .only("number", "rules")
        .first()
    )
    return Ruleset(version.number, rules_of(version)) if version else Ruleset(0, ())


def rules_of(version: RoutingVersion) -> tuple[Rule, ...]:
    """The rules of a version, in their order."""
    return tuple(taken(cells) for cells in version.rules)


def default_of(category: Category) -> Target:
    """Who answers for a category when no rule holds."""
    if category.unit:
        return Target(unit=category.unit.code)
    return Target(kind=category.unit_kind, level=category.unit_level)


def hazard_of(case: Case, *, words: str | None = None) -> Hazard:
    """A case as rules see it; what was reported is asked for unless `words` are given."""
    if words is None:
        words = " ".join([case.title, *case.reports.values_list("words", flat=True)])
    family = case.category.parent
    return Hazard(
        category=case.category.code,
        area_path=case.area_path,
        at=timezone.localtime(case.opened_at),
        family=family.code if family else "",
        site_kind=case.site.kind if case.site else "",
        severity=case.severity,
        words=words,
    )


def suggestion_for(hazard: Hazard, category: Category, now: datetime) -> Suggestion | None:
    """The unit that the rules in force at `now` suggest, with a reason that is complete in itself.

    Four to six queries: rules, who is named, units and who is in a role there, and the names for the reason.
    """
    ruleset = rules_in_force(now)
    default = default_of(category)
    targets = [rule.target.unit for rule in ruleset.rules if rule.target.unit] + [default.unit]
    roles = {rule.target.role for rule in ruleset.rules} - {""}
    found = suggest(hazard, ruleset.rules, default, directory_at(hazard.area_path, targets, roles))
    if found is None:
        return None
    return Suggestion(found.unit_code, found.reason | {"version": ruleset.number} | _names(found, category))


def directory_at(area_path: str, codes: Iterable[str], roles: Collection[str] = ()) -> Directory:
    """The units that may act at a place: of its areas, with these codes, named there, or following those.

    Who is in a role there is asked for the `roles` only.
    """
    inside = area_path.rstrip(".").split(".")
    named = {
        (area, category): unit
        for area, category, unit in Responsibility.objects.filter(area__code__in=inside).values_list(
            "area__code", "category__code", "unit__code"
        )
    }
    wanted = {*filter(None, codes), *named.values()}
    followed = Q(successor__isnull=False) | Q(predecessors__isnull=False)
    units = Unit.objects.filter(Q(area__code__in=inside) | Q(code__in=wanted) | followed).distinct()
    return Directory(units.select_related("successor"), named, _staffed(roles) if roles else ())


def whole_directory() -> Directory:
    """All units, all who are named, and which roles each unit has, in three queries."""
    named = {
        (area, category): unit
        for area, category, unit in Responsibility.objects.values_list(
            "area__code", "category__code", "unit__code"
        )
    }
    return Directory(Unit.objects.select_related("successor").order_by("code"), named, _staffed(ROLES))


def _staffed(roles: Collection[str]) -> set[tuple[str, str]]:
    """Which units have somebody in one of these roles."""
    posts = Membership.objects.filter(role__in=sorted(roles), user__is_active=True, unit__active=True)
    return set(posts.values_list("unit__code", "role").distinct())


def _names(found: Suggestion, category: Category) -> dict[str, Any]:
    """The names in a reason, as they were when it was given."""
    unit = Unit.objects.only("code", "name").get(code=found.unit_code)
    names: dict[str, Any] = {"unit": unit.code, "unit_name": unit.name}
    held = found.reason.get("found", {})
    if "categories" in held:
        named = category if held["categories"] == category.code else category.parent or category
        names |= {"category_zh": named.name_zh, "category_en": named.name_en}
    if "areas" in held:
        names["area_name"] = Area.objects.values_list("name", flat=True).get(code=held["areas"])
    return names


def unit_names(codes: Collection[str]) -> dict[str, str]:
    """The names of units by their codes."""
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))


def area_names(codes: Collection[str]) -> dict[str, str]:
    """The names of areas by their codes."""
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def all_categories() -> Sequence[Category]:
    """Every category with its family and the unit it names, by code."""
    return list(Category.objects.select_related("parent", "unit").order_by("code"))
