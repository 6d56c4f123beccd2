"""Which unit the rules in force suggest: read with a fixed number of queries."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, DateTimeField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from anlan.cases.routing import Directory, Suggestion, paths_up, suggest
from anlan.cases.rule_tables import ROLES, taken
from anlan.cases.rules import Hazard, Rule, Target
from anlan.cases.terms import Stage
from anlan.store.models import Area, Case, Category, Membership, Report, Responsibility, RoutingVersion, Unit
from anlan.store.readers.gathered import Gathered, Whole, any_of
from anlan.store.readers.prepared import Given, Prepared, Row


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
        words = " ".join([case.title, *(said for (said,) in _WORDS(case=case.pk))])
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


_WORDS = Prepared(lambda: Report.objects.filter(case=Given("case")).values_list("words"))


@dataclass(frozen=True)
class UnitLoad:
    """A unit that could act, with what it has to do already."""

    unit: Unit
    open: int  # being rectified or verified
    overdue: int  # of those
    suggested: bool


@dataclass(frozen=True)
class Suggested:
    """What the rules in force say of a hazard, and the units that may act there, the suggested one first.

    Where the rules find nobody, `reason` is empty and a person chooses among those that are there.
    """

    reason: Mapping[str, Any]
    loads: list[UnitLoad]


def suggestion_for(hazard: Hazard, category: Category, now: datetime) -> Suggestion | None:
    """The unit that the rules in force at `now` suggest, with a reason that is complete in itself.

    One query; one more for rules that name a role, and one for the name of an area that one found.
    """
    found, _ = _suggestion(_AT(**_given(hazard, category, now)), hazard, category)
    return found


def suggested_at(hazard: Hazard, category: Category, now: datetime) -> Suggested:
    """The same, with the units that work where the hazard lies and the suggested one; as many queries."""
    at = _AT_WORK(**_given(hazard, category, now))
    found, units = _suggestion(at, hazard, category)
    code = found.unit_code if found else ""
    work = {unit: (cases, late) for unit, cases, late in at["loads"]}
    inside = paths_up(hazard.area_path, "")
    there = [each for each in units if each.active and (each.area_path in inside or each.code == code)]
    there.sort(key=lambda unit: unit.code)
    there.sort(key=lambda unit: (unit.code == code, unit.area_path), reverse=True)
    loads = [UnitLoad(each, *work.get(each.pk, (0, 0)), each.code == code) for each in there]
    return Suggested(found.reason if found else {}, loads)


_UNIT = Whole(Unit, successor=Whole(Unit))
_IN_FORCE = RoutingVersion.objects.filter(
    put_in_force_at__isnull=False, in_force_from__lte=Given("now", DateTimeField())
).order_by("-in_force_from", "-number")[:1]
_MAY_ACT = """
SELECT u.id FROM store_unit u JOIN store_area a ON a.id = u.area_id WHERE a.code = ANY(%s)
UNION SELECT r.unit_id FROM store_responsibility r JOIN store_area a ON a.id = r.area_id
    WHERE a.code = ANY(%s)
UNION SELECT id FROM store_unit WHERE code = %s
UNION SELECT u.id FROM (
    SELECT rules FROM store_routingversion WHERE put_in_force_at IS NOT NULL AND in_force_from <= %s
    ORDER BY in_force_from DESC, number DESC LIMIT 1
) v, jsonb_array_elements(v.rules) rule JOIN store_unit u ON u.code = rule->>'unit'
UNION SELECT id FROM store_unit WHERE successor_id IS NOT NULL
UNION SELECT successor_id FROM store_unit WHERE successor_id IS NOT NULL
"""
"""Who may act at a place: the units of its areas, those named there, by the category or by a rule, and those
that were closed or went on with the work of one that was. Each part by an index of its own.
"""


def _among(column: str) -> RawSQL:
    """Is `column` a unit that may act at the place?"""
    given = (Given("inside"), Given("inside"), Given("default"), Given("now"))
    return RawSQL(f"{column} IN ({_MAY_ACT})", given, output_field=BooleanField())


_PARTS: Mapping[str, Callable[[], QuerySet[Any, Any]]] = {
    "rules": lambda: _IN_FORCE.values_list("number", "rules"),
    "named": lambda: Responsibility.objects.filter(any_of("store_area.code", "inside")).values_list(
        "area__code", "category__code", "unit__code"
    ),
    "units": lambda: Unit.objects.filter(_among("store_unit.id")).values_list(*_UNIT.names()),
}
_AT = Gathered(**_PARTS)
_AT_WORK = Gathered(
    **_PARTS,
    loads=lambda: (
        Case.objects.filter(_among("store_case.unit_id"), stage__in=[Stage.HANDLE, Stage.VERIFY])
        .order_by()
        .values("unit")
        .annotate(
            cases=Count("pk"),
            late=Count("pk", filter=Q(stage=Stage.HANDLE, due_at__lte=Given("now", DateTimeField()))),
        )
        .values_list("unit", "cases", "late")
    ),
)


def _given(hazard: Hazard, category: Category, now: datetime) -> dict[str, Any]:
    inside = hazard.area_path.rstrip(".").split(".")
    return {"inside": inside, "default": default_of(category).unit, "now": now}


def _suggestion(
    at: Mapping[str, list[Row]], hazard: Hazard, category: Category
) -> tuple[Suggestion | None, list[Unit]]:
    """What the rules say, and all units that were looked at."""
    number, rules = at["rules"][0] if at["rules"] else (0, ())
    units = [_UNIT.made(row) for row in at["units"]]
    taken_rules = tuple(map(taken, rules))
    named = {(area, of): unit for area, of, unit in at["named"]}
    roles = {rule.target.role for rule in taken_rules} - {""}
    directory = Directory(units, named, _staffed(roles) if roles else ())
    found = suggest(hazard, taken_rules, default_of(category), directory)
    if found is None:
        return None, units
    name = next(unit.name for unit in units if unit.code == found.unit_code)
    names = {"version": number, "unit": found.unit_code, "unit_name": name} | _names(found, category)
    return Suggestion(found.unit_code, found.reason | names), units


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
    names: dict[str, Any] = {}
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
