"""Rules as pages show them: where they stand, how good they are, what they found in their shadow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from anlan.base.errors import NotFound
from anlan.sensing.alarms.closing import Precision
from anlan.sensing.rules.keeping import rule_of
from anlan.sensing.rules.terms import Rule, RuleKind
from anlan.staff.terms import Action
from anlan.store.models import AlarmRule, AlarmRuleVersion, Area, Category, Property, RuleFiring
from anlan.store.readers.alarms import precision_of
from anlan.store.readers.staff import Acting, scope_q

FOUND = 30
"""So many findings a page shows."""
COUNTED = timedelta(days=30)


@dataclass(frozen=True)
class RuleRow:
    """A rule, its version in force, its precision, and how often it found something in 30 days."""

    row: AlarmRule
    rule: Rule
    precision: Precision
    found: int


def rule_rows(now: datetime) -> list[RuleRow]:
    """All rules by kind of device and name; four queries."""
    rules = list(_rules().order_by("device_kind__code", "code"))
    return _rows(rules, now)


def one_rule(code: str, now: datetime) -> RuleRow:
    """One rule. Raises NotFound."""
    found = _rows(list(_rules().filter(code=code)), now)
    if not found:
        raise NotFound
    return found[0]


def versions_of_rule(code: str) -> list[tuple[AlarmRuleVersion, Rule]]:
    """The versions of a rule, the newest first; one query."""
    rows = AlarmRuleVersion.objects.filter(rule__code=code).select_related(
        "made_by", "rule__device_kind", "rule__property"
    )
    return [(row, _rule(row.rule, row)) for row in rows.order_by("-version")]


def found_by(acting: Acting, code: str) -> Sequence[RuleFiring]:
    """What a rule found last in the areas of this person, the newest first; one query."""
    placed = scope_q(acting, Action.VIEW_ALARMS, area="device__area_path", unit="device__unit_path")
    sited = scope_q(acting, Action.VIEW_ALARMS, area="site__area_path", unit="site__unit_path")
    rows = RuleFiring.objects.filter(placed | sited, version__rule__code=code).exclude(severity="")
    return list(rows.select_related("device", "site", "version").order_by("-at", "-pk")[:FOUND])


def measurables() -> list[tuple[str, str]]:
    """What rules can judge: "KIND PROPERTY" and words for it; one query."""
    rows = Property.objects.filter(observed_as=None, kind__is_camera=False).select_related("kind")
    return [
        (f"{each.kind.code} {each.code}", f"{each.kind.name_zh} · {each.name_zh} ({each.unit})")
        for each in rows.order_by("kind__code", "pk")
    ]


def hazards() -> list[tuple[str, str, str]]:
    """Code and both names of the categories that a case can have; one query."""
    rows = Category.objects.filter(active=True).exclude(parent=None)
    return list(rows.order_by("parent__order", "order", "code").values_list("code", "name_zh", "name_en"))


def areas_of_city() -> QuerySet[Area]:
    """All areas in use."""
    return Area.objects.filter(in_use=True).order_by("path")


def area_path_of(code: str) -> str:
    """The path of an area, "" for none; one query."""
    return Area.objects.filter(code=code).values_list("path", flat=True).first() or "" if code else ""


def _rules() -> QuerySet[AlarmRule]:
    return AlarmRule.objects.select_related(
        "device_kind", "property", "area", "opens_case", "beside", "copy"
    ).defer("area__boundary")


def _rows(rules: list[AlarmRule], now: datetime) -> list[RuleRow]:
    ids = [each.pk for each in rules]
    versions = AlarmRuleVersion.objects.filter(rule__in=ids).order_by("rule_id", "version")
    in_force: dict[int, AlarmRuleVersion] = {}
    for each in versions:
        if each.in_force_from <= now or each.rule_id not in in_force:
            in_force[each.rule_id] = each
    precision = precision_of(ids)
    since = now - COUNTED
    counted = AlarmRule.objects.filter(pk__in=ids).annotate(
        found=Count(
            "versions__firings",
            filter=Q(versions__firings__at__gte=since) & ~Q(versions__firings__severity=""),
        )
    )
    found = dict(counted.values_list("pk", "found"))
    return [
        RuleRow(each, _rule(each, in_force[each.pk]), precision[each.pk], found.get(each.pk, 0))
        for each in rules
    ]


def _rule(row: AlarmRule, version: AlarmRuleVersion) -> Rule:
    return rule_of(
        version.content,
        code=row.code,
        version=version.version,
        device_kind=row.device_kind.code,
        property=row.property.code,
        kind=RuleKind(row.kind),
        in_force_from=version.in_force_from,
    )
