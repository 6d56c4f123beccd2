"""An alarm becomes a case, by a click or by its rule; `close_alarms.py` ends it with the case."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from anlan.base.errors import Refused
from anlan.flows.alarm_history import take
from anlan.flows.alarm_steps import alarm_for
from anlan.flows.alarm_words import name_of, place_of
from anlan.flows.new_case import Hazard, open_case
from anlan.flows.verify_by_sensor import name_sensor
from anlan.sensing.alarms.terms import AlarmState, AlarmStep
from anlan.sensing.rules.keeping import rule_of
from anlan.sensing.rules.terms import RuleKind, Side
from anlan.staff.terms import Action
from anlan.store.models import Alarm, Area, Case, Category, Series, User
from anlan.store.readers.staff import Acting

MADE_OF = "alarm"
"""The source of a case that an alarm became."""


@transaction.atomic
def make_case(*, acting_user: Acting, alarm_id: int, category_code: str, now: datetime) -> Case:
    """Make a case of an alarm. Raises NotFound, Refused("alarm_has_case", "category_unknown",
    "alarm_step_not_allowed")."""
    alarm = alarm_for(acting_user, alarm_id, Action.HANDLE_ALARM)
    if alarm.case_id is not None:
        raise Refused("alarm_has_case")
    category = Category.objects.filter(code=category_code, active=True).first()
    if category is None:
        raise Refused("category_unknown", code=category_code)
    return _made(alarm, category, acting_user.user, now)


@transaction.atomic
def case_by_rule(*, acting_user: None, alarm_id: int, now: datetime) -> Case | None:
    """Make a case of an alarm when its rule says so; None when it says nothing, or it is one already."""
    found = Alarm.objects.select_for_update(of=("self",)).select_related("rule__opens_case")
    alarm = found.filter(pk=alarm_id, case=None).exclude(state=AlarmState.CLOSED).first()
    if alarm is None or alarm.rule is None or alarm.rule.opens_case is None:
        return None
    return _made(alarm, alarm.rule.opens_case, None, now)


def _made(alarm: Alarm, category: Category, actor: User | None, now: datetime) -> Case:
    with override("zh-hans"):
        words = f"{place_of(alarm)}{name_of(alarm, 'zh-hans')}"
    placed = alarm.device or alarm.site
    hazard = Hazard(
        category=category,
        area=_area(alarm),
        words=words,
        lng=placed.lng if placed else None,
        lat=placed.lat if placed else None,
        site=alarm.site,
    )
    case, _event = open_case(hazard, at=now, source=MADE_OF, acting_user=actor)
    alarm.case = case
    take(alarm, AlarmStep.LINK, now, actor=actor, note=case.number, values={"case": case.number})
    _watch(alarm, case, now)
    return case


def _area(alarm: Alarm) -> Area:
    placed = alarm.device or alarm.site
    return placed.area if placed is not None else Area.objects.get(path=alarm.area_path)


def _watch(alarm: Alarm, case: Case, now: datetime) -> None:
    """The sensor that raised the alarm shows when it is over, where its rule says what is normal."""
    if alarm.rule is None or alarm.device is None or alarm.rule.kind != RuleKind.THRESHOLD:
        return
    series = Series.objects.filter(device=alarm.device, property=alarm.rule.property).first()
    version = alarm.rule.versions.order_by("-version").first()
    if series is None or version is None:
        return
    rule = rule_of(
        version.content,
        code=alarm.rule.code,
        version=version.version,
        device_kind="",
        property="",
        kind=RuleKind.THRESHOLD,
    )
    clear = rule.levels[0].clear
    lowest, highest = (clear, None) if rule.side is Side.BELOW else (None, clear)
    name_sensor(case, series, lowest, highest, now)
