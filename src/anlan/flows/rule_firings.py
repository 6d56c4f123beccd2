"""What rules found becomes rows, in the transaction that stored the readings."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from anlan.base.clock import EPOCH
from anlan.sensing.rules.terms import ADVICE, RuleMode, Transition
from anlan.store.models import AlarmRuleVersion, RuleFiring, Series


def store_firings(transitions: Sequence[Transition], now: datetime) -> list[RuleFiring]:
    """Keep transitions, in their order; call it inside the transaction of the batch that they came from.

    Each row has `version` (an AlarmRuleVersion with its `rule` loaded), `device` (of a series; None when the
    rule judges a site), `site` (that site, or the device's, or None), `at` (the reading's time), `stored_at`
    (`now`), `severity` (a Colour, or "" for normal again), `shadow` and `advice`: an alarm is raised for rows
    where both are false. `values` explains: {"value", "measured", "threshold", "before" (the severity until
    then, or None), "late", "rule" (its code), "version" (its number), "property", "kind"}; a rule of a site
    adds "sensors" (the names of devices that agree). Of one rule and device (or site) rows come in the order
    in which severity went: a second row with another severity is a change of the same alarm, "" ends it.
    Nothing is stored for no transitions, at no query.
    """
    if not transitions:
        return []
    versions = _versions(transitions)
    series = _series(transitions)
    rows = [_row(each, versions, series, now) for each in transitions]
    return RuleFiring.objects.bulk_create(rows)


def _row(
    found: Transition,
    versions: dict[tuple[str, int], AlarmRuleVersion],
    series: dict[int, Series],
    now: datetime,
) -> RuleFiring:
    rule = found.rule
    device = series[found.series].device if found.series is not None else None
    named = {"rule": rule.code, "version": rule.version, "property": rule.property, "kind": rule.kind.value}
    return RuleFiring(
        version=versions[rule.code, rule.version],
        device=device,
        site_id=found.site if device is None else device.site_id,
        at=EPOCH + timedelta(microseconds=found.at),
        stored_at=now,
        severity=found.severity or "",
        values={**found.values, **named},
        shadow=rule.mode is not RuleMode.LIVE,
        advice=rule.kind in ADVICE,
    )


def _versions(transitions: Iterable[Transition]) -> dict[tuple[str, int], AlarmRuleVersion]:
    codes = {each.rule.code for each in transitions}
    rows = AlarmRuleVersion.objects.filter(rule__code__in=codes).select_related("rule")
    return {(row.rule.code, row.version): row for row in rows}


def _series(transitions: Iterable[Transition]) -> dict[int, Series]:
    wanted = {each.series for each in transitions if each.series is not None}
    return Series.objects.select_related("device").in_bulk(wanted)
