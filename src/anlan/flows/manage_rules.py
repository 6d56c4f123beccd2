"""Administrators of the whole city say what is abnormal: new rules, and new versions of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.raise_alarms import clear_alarm
from anlan.flows.staff_history import record
from anlan.sensing.alarms.terms import AlarmState
from anlan.sensing.rules.keeping import check_rule, content_of
from anlan.sensing.rules.terms import Rule, RuleMode
from anlan.staff.terms import Action
from anlan.store.models import Alarm, AlarmRule, AlarmRuleVersion, Area, Category, Property, User
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class Names:
    """What a rule is called, and the code of the category of which its alarms become cases, "" for none."""

    zh: str
    en: str
    opens_case: str = ""


@transaction.atomic
def add_rule(*, acting_user: Acting, names: Names, rule: Rule, now: datetime) -> AlarmRule:
    """Add a rule, in force from now on.

    Raises Refused("not_permitted", "code_taken", "property_unknown", "category_unknown") and those of
    `check_rule`.
    """
    _check_may(acting_user)
    if AlarmRule.objects.filter(code=rule.code).exists():
        raise Refused("code_taken", code=rule.code)
    row = store_rule(names, rule, acting_user.user, now)
    _record(acting_user.user, "added", row, rule, now)
    return row


@transaction.atomic
def change_rule(
    *, acting_user: Acting, names: Names, rule: Rule, why: str, now: datetime, since: datetime | None = None
) -> AlarmRuleVersion:
    """Put a new version of a rule in force, from now or from a later moment on; what it judges stays.

    A rule that is not live any more lets go of its alarms: they count as normal again. A copy that runs
    beside another rule never goes live itself. Raises NotFound, Refused("not_permitted", "rule_too_early",
    "category_unknown", "rule_is_copy") and those of `check_rule`.
    """
    _check_may(acting_user)
    row = AlarmRule.objects.select_for_update().filter(code=rule.code).first()
    if row is None:
        raise NotFound
    check_rule(rule)
    if row.beside_id and rule.mode is RuleMode.LIVE:
        raise Refused("rule_is_copy")
    newest = row.versions.order_by("-version")[:1].get()
    begins = since or now
    if begins < now or begins <= newest.in_force_from:
        raise Refused("rule_too_early")
    row.name_zh, row.name_en = names.zh, names.en
    row.opens_case, row.area = _category(names.opens_case), _area(rule.area_path)
    row.version, row.mode = newest.version + 1, rule.mode
    row.save()
    version = _version(row, rule, begins, acting_user.user, why)
    if rule.mode is not RuleMode.LIVE and begins <= now:
        _let_go(row, now)
    _record(acting_user.user, "changed", row, rule, now)
    return version


def store_rule(
    names: Names, rule: Rule, maker: User | None, now: datetime, since: datetime | None = None
) -> AlarmRule:
    """Store a rule with its first version. Raises Refused of `check_rule` and "property_unknown"."""
    check_rule(rule)
    measured = Property.objects.filter(
        kind__code=rule.device_kind, code=rule.property, observed_as=None
    ).first()
    if measured is None:
        raise Refused("property_unknown", code=rule.property, codes="")
    row = AlarmRule.objects.create(
        code=rule.code,
        name_zh=names.zh,
        name_en=names.en,
        device_kind_id=measured.kind_id,
        property=measured,
        kind=rule.kind,
        mode=rule.mode,
        area=_area(rule.area_path),
        opens_case=_category(names.opens_case),
    )
    _version(row, rule, since or now, maker, "")
    return row


def _version(row: AlarmRule, rule: Rule, begins: datetime, maker: User | None, why: str) -> AlarmRuleVersion:
    content = content_of(replace(rule, version=row.version))
    return AlarmRuleVersion.objects.create(
        rule=row,
        version=row.version,
        content=content,
        in_force_from=begins,
        made_by=maker,
        why=why.strip()[:500],
    )


def _let_go(row: AlarmRule, now: datetime) -> None:
    waiting = Alarm.objects.filter(rule=row).exclude(state__in=(AlarmState.CLOSED, AlarmState.CLEARED))
    for condition in sorted(waiting.values_list("condition", flat=True)):
        clear_alarm(acting_user=None, condition=condition, now=now, values={"rule_rests": row.code})


def _check_may(acting: Acting) -> None:
    if not acting.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)


def _area(path: str) -> Area | None:
    return Area.objects.filter(path=path).first() if path else None


def _category(code: str) -> Category | None:
    if not code:
        return None
    found = Category.objects.filter(code=code, active=True).first()
    if found is None:
        raise Refused("category_unknown", code=code)
    return found


def _record(user: User, action: str, row: AlarmRule, rule: Rule, now: datetime) -> None:
    said = ", ".join(f"{each.severity} {each.at:g}/{each.clear:g}" for each in rule.levels)
    record(user, action, f"alarm-rule:{row.code}", {f"{rule.kind} {rule.mode}": (None, said)}, now)
