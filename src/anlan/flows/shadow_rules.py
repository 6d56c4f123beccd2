"""A copy of a rule in force runs beside it in its shadow, is compared with it, and takes its place."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.manage_rules import Names, add_rule, change_rule
from anlan.sensing.rules.terms import Rule, RuleMode
from anlan.store.models import AlarmRule
from anlan.store.readers.rule_views import versions_of_rule
from anlan.store.readers.staff import Acting

BEHIND = "-shadow"


@transaction.atomic
def run_beside(*, acting_user: Acting, rule: Rule, why: str, now: datetime) -> AlarmRule:
    """Run a changed copy of the live rule of this code beside it, in its shadow; the rule of the copy.

    A rule has one copy; another change is a new version of it. Raises NotFound, Refused("rule_not_live") and
    those of `change_rule`.
    """
    live = AlarmRule.objects.select_for_update().filter(code=rule.code).first()
    if live is None:
        raise NotFound
    if live.mode != RuleMode.LIVE:
        raise Refused("rule_not_live")
    names = Names(live.name_zh, live.name_en)
    said = replace(rule, code=f"{live.code[: 64 - len(BEHIND)]}{BEHIND}", mode=RuleMode.SHADOW)
    copy = AlarmRule.objects.filter(beside=live).first()
    if copy is not None:
        said = replace(said, code=copy.code)
        change_rule(acting_user=acting_user, names=names, rule=said, why=why, now=now)
        return copy
    copy = add_rule(acting_user=acting_user, names=names, rule=said, now=now)
    copy.beside = live
    copy.save(update_fields=["beside"])
    return copy


@transaction.atomic
def take_over(*, acting_user: Acting, code: str, why: str, now: datetime) -> AlarmRule:
    """What this copy says becomes the next version of the rule it ran beside, and the copy rests; that rule.

    Raises NotFound where the rule is no copy, Refused("rule_rests") and those of `change_rule`.
    """
    copy = AlarmRule.objects.select_related("beside__opens_case").filter(code=code).first()
    if copy is None or copy.beside is None:
        raise NotFound
    if copy.mode != RuleMode.SHADOW:
        raise Refused("rule_rests")
    live = copy.beside
    _, rule = versions_of_rule(code)[0]
    names = Names(live.name_zh, live.name_en, live.opens_case.code if live.opens_case else "")
    said = replace(rule, code=live.code, mode=RuleMode.LIVE)
    change_rule(acting_user=acting_user, names=names, rule=said, why=why, now=now)
    rests = replace(rule, mode=RuleMode.OFF)
    change_rule(acting_user=acting_user, names=replace(names, opens_case=""), rule=rests, why=why, now=now)
    return live
