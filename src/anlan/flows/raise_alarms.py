"""Abnormal, worse, better or normal again: one open alarm for each condition, whoever sees it first.

Two workers that see the same at the same moment meet the unique key of the condition: the second waits for
the first, and then changes what the first made. Conditions are taken in their order: nobody waits for ever.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from anlan.flows.alarm_history import take, write
from anlan.flows.follow_ups import later
from anlan.sensing.alarms.holding import covers, holder_of, outgrows
from anlan.sensing.alarms.terms import (
    SEVERITY_ORDER,
    UNANSWERED,
    AlarmSource,
    AlarmState,
    AlarmStep,
    Cause,
    HeldWhy,
)
from anlan.sensing.rules.terms import RuleKind
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, RuleFiring, User
from anlan.store.readers.alarms import open_near
from anlan.store.readers.staff import Acting


def raise_from_firings(firings: Sequence[RuleFiring], now: datetime) -> list[int]:
    """Raise, change and clear the alarms of what rules found, and give those that changed; inside the batch.

    Rows of rules that only show what they would do, or only advise, raise nothing.
    """
    loud = [each for each in firings if not each.shadow and not each.advice]
    changed = []
    for firing in sorted(loud, key=condition_of):  # a stable sort: of one condition the order stays
        found = _clear_firing(firing, now) if firing.severity == "" else _raise_firing(firing, now)
        changed += [found] if found else []
    return changed


def condition_of(firing: RuleFiring) -> str:
    """What makes the alarms of a rule one: the rule and the device, or the site where it judges sites."""
    where = f"device:{firing.device_id}" if firing.device_id else f"site:{firing.site_id}"
    return f"rule:{firing.version.rule_id}:{where}"


@transaction.atomic
def raise_alarm(*, acting_user: Acting | None, cause: Cause, now: datetime) -> int:
    """Raise an alarm, or change the open one of the same condition; its id."""
    actor = acting_user.user if acting_user else None
    known = _locked(cause.condition)
    if known is None:
        try:
            with transaction.atomic():
                return _begin(cause, actor, now).pk
        except IntegrityError:  # somebody else began it just now
            known = _locked(cause.condition)
            if known is None:
                raise
    return _change(known, cause, now).pk


@transaction.atomic
def clear_alarm(
    *, acting_user: None, condition: str, now: datetime, values: Mapping[str, object] | None = None
) -> int | None:
    """Normal again: clear the open alarm of a condition, let go what it held; its id, None without one."""
    alarm = _locked(condition)
    if alarm is None or alarm.state == AlarmState.CLEARED:
        return None
    alarm.cleared_at, alarm.next_step_at = now, None
    take(alarm, AlarmStep.CLEAR, now, values=values)
    release_held(alarm, now)
    return alarm.pk


def release_held(holder: Alarm, now: datetime) -> None:
    """Alarms that this one stood for stand alone again, now that it is over."""
    for each in Alarm.objects.select_for_update().filter(held_by=holder).exclude(state=AlarmState.CLOSED):
        _release(each, now)


def _begin(cause: Cause, actor: User | None, now: datetime) -> Alarm:
    alarm = Alarm(
        condition=cause.condition,
        source=cause.source,
        severity=cause.severity,
        worst=cause.severity,
        rule_id=cause.rule,
        firing_id=cause.firing,
        outage_id=cause.outage,
        device_id=cause.device,
        site_id=cause.site,
        area_path=cause.area_path,
        unit_id=cause.unit,
        unit_path=cause.unit_path,
        group_by=cause.group_by,
        says_silent=cause.says_silent,
        values=dict(cause.values),
        raised_at=cause.at,
        noticed_at=now,
        since=now,
        changed_at=now,
        next_step_at=now,
    )
    held = holder_of(cause, open_near(cause))
    if held is not None:
        alarm.held_by_id, alarm.held_why, alarm.next_step_at = held[0], held[1], None
    alarm.save()
    write(alarm, AlarmStep.RAISE, now, actor=actor, values=cause.values)
    _take_over(alarm, now)
    if held is None:
        later("alarm_step", alarm_id=alarm.pk)
    if alarm.rule is not None and alarm.rule.opens_case_id is not None:
        later("alarm_case", alarm_id=alarm.pk)
    return alarm


def _take_over(alarm: Alarm, now: datetime) -> None:
    """A whole area that fell silent stands for the devices in it that were said to be silent before."""
    if alarm.source != AlarmSource.OUTAGE or not alarm.says_silent:
        return
    below = Alarm.objects.select_for_update().filter(
        area_path__startswith=alarm.area_path, says_silent=True, held_by=None, state__in=UNANSWERED
    )
    for each in below.exclude(pk=alarm.pk).exclude(source=AlarmSource.OUTAGE):
        each.held_by, each.held_why, each.next_step_at = alarm, HeldWhy.INHIBITED, None
        take(each, AlarmStep.HOLD, now)


def _change(alarm: Alarm, cause: Cause, now: datetime) -> Alarm:
    """The same condition again: back, worse, better, or nothing new."""
    step = _step_of(alarm, cause.severity)
    if step is None:
        return alarm
    alarm.severity, alarm.values = cause.severity, dict(cause.values)
    alarm.worst = max(alarm.worst, cause.severity, key=SEVERITY_ORDER.__getitem__)
    if step is AlarmStep.RAISE:
        alarm.returns += 1
        alarm.cleared_at = None
    if step in (AlarmStep.RAISE, AlarmStep.WORSEN):
        _ask_anew(alarm, now)
    take(alarm, step, now, values=cause.values)
    if _stands_alone(alarm, asks=step in (AlarmStep.RAISE, AlarmStep.WORSEN)):
        _release(alarm, now)
    elif alarm.next_step_at is not None:
        later("alarm_step", alarm_id=alarm.pk)
    return alarm


def _stands_alone(alarm: Alarm, *, asks: bool) -> bool:
    """Does an alarm that was held have to be told by itself from now on?"""
    holder = alarm.held_by
    if holder is None:
        return False
    missed = asks and alarm.held_why == HeldWhy.GROUPED and not covers(holder, alarm.group_by)
    return missed or outgrows(alarm.severity, holder.severity)


def _step_of(alarm: Alarm, severity: Colour) -> AlarmStep | None:
    if alarm.state == AlarmState.CLEARED:
        return AlarmStep.RAISE
    before, now_ = SEVERITY_ORDER[alarm.severity], SEVERITY_ORDER[severity]
    if before == now_:
        return None
    return AlarmStep.WORSEN if now_ > before else AlarmStep.EASE


def _ask_anew(alarm: Alarm, now: datetime) -> None:
    """An answer is waited for from now on, from the lowest level up."""
    alarm.since, alarm.told_level = now, 0
    alarm.next_step_at = None if alarm.held_by_id else now


def _release(alarm: Alarm, now: datetime) -> None:
    alarm.held_by, alarm.held_why = None, ""
    if alarm.state in UNANSWERED:
        _ask_anew(alarm, now)
        later("alarm_step", alarm_id=alarm.pk)
    take(alarm, AlarmStep.RELEASE, now)


def _locked(condition: str) -> Alarm | None:
    found = Alarm.objects.filter(condition=condition).exclude(state=AlarmState.CLOSED)
    return found.select_for_update(of=("self",)).select_related("held_by").first()


def _raise_firing(firing: RuleFiring, now: datetime) -> int:
    return raise_alarm(acting_user=None, cause=_cause_of(firing), now=now)


def _clear_firing(firing: RuleFiring, now: datetime) -> int | None:
    return clear_alarm(acting_user=None, condition=condition_of(firing), now=now, values=firing.values)


def _cause_of(firing: RuleFiring) -> Cause:
    device, site, rule = firing.device, firing.site, firing.version.rule
    placed = device or site
    if placed is None:
        raise ValueError("a firing is somewhere")
    return Cause(
        source=AlarmSource.RULE,
        condition=condition_of(firing),
        severity=Colour(firing.severity),
        at=firing.at,
        area_path=placed.area_path,
        device=firing.device_id,
        site=firing.site_id,
        rule=rule.pk,
        firing=firing.pk,
        unit=placed.unit_id,
        unit_path=placed.unit_path,
        group_by=f"rule:{rule.pk}",
        says_silent=rule.kind == RuleKind.MISSING,
        values=firing.values,
    )
