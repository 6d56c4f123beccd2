"""What the words of alarms are called on pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages.alarm_rule_words import unit_in_words
from anlan.flows.alarm_words import SEVERITIES, name_of, place_of
from anlan.sensing.alarms.terms import (
    SEVERITY_ORDER,
    AlarmCause,
    AlarmState,
    AlarmStep,
    DutyLevel,
    HeldWhy,
    NotTold,
)
from anlan.store.readers.alarms import Ringing

STATES: Mapping[str, Promise] = {
    AlarmState.RAISED: _("Nobody has answered"),
    AlarmState.ESCALATED: _("Nobody has answered; a level above knows"),
    AlarmState.ACKNOWLEDGED: _("Somebody sees to it"),
    AlarmState.CLEARED: _("Normal again; say what it was"),
    AlarmState.CLOSED: _("Over, and its cause is known"),
}
STEPS: Mapping[str, Promise] = {
    AlarmStep.RAISE: _("raised"),
    AlarmStep.WORSEN: _("got worse"),
    AlarmStep.EASE: _("got better"),
    AlarmStep.ACKNOWLEDGE: _("somebody sees to it"),
    AlarmStep.ESCALATE: _("nobody answered: a level above was told"),
    AlarmStep.HOLD: _("another alarm stands for it"),
    AlarmStep.RELEASE: _("stands alone again"),
    AlarmStep.LINK: _("belongs to a case"),
    AlarmStep.CLEAR: _("normal again"),
    AlarmStep.CLOSE: _("closed, with its cause"),
}
CAUSES: Mapping[str, Promise] = {
    AlarmCause.HAZARD: _("A hazard, as the rule says"),
    AlarmCause.WORK: _("Work on the place or the device"),
    AlarmCause.WEATHER: _("The weather"),
    AlarmCause.DEVICE: _("The device measured wrongly"),
    AlarmCause.RULE: _("The rule is set too tight"),
    AlarmCause.POWER: _("No power or no network"),
    AlarmCause.OTHER: _("Something else, in my words"),
}
LEVELS: Mapping[int, Promise] = {
    DutyLevel.TOWNSHIP: _("Township"),
    DutyLevel.COUNTY: _("County"),
    DutyLevel.CITY: _("City"),
}
WAYS: Mapping[str, Promise] = {
    "page": _("on their pages"),
    "email": _("by e-mail"),
    "sms": _("by short message"),
}
WHY_NOT: Mapping[str, Promise] = {
    NotTold.HELD: _("another alarm stands for it"),
    NotTold.SILENCED: _("a silence holds"),
    NotTold.FLAPPING: _("it comes and goes, and was told already"),
    NotTold.NOT_CHOSEN: _("they did not choose this way"),
    NotTold.NOBODY: _("nobody is on duty here and there is no dispatcher"),
}
HELD: Mapping[str, Promise] = {
    HeldWhy.GROUPED: _("The same place or the same cause: the other alarm is told for both."),
    HeldWhy.INHIBITED: _("It follows from a wider silence."),
}
DOING: tuple[Promise, ...] = (
    _("On the way there"),
    _("Calling the site"),
    _("Gave it to the unit in charge"),
)
"""What people most often do; one tap each."""


@dataclass(frozen=True)
class Shown:
    """An alarm in the language of the page."""

    alarm: Ringing
    name: str
    severity: Promise
    bars: str
    state: Promise
    place: str
    measured: str


def shown(alarm: Ringing) -> Shown:
    """The alarm in words."""
    return Shown(
        alarm,
        name_of(alarm, get_language() or ""),
        SEVERITIES[alarm.severity],
        f"v-{SEVERITY_ORDER[alarm.severity]}",
        STATES[alarm.state],
        place_of(alarm),
        measured(alarm.values, unit_of(alarm)),
    )


def unit_of(alarm: Ringing) -> str:
    """In what the figures of an alarm are counted; "" where no rule raised it, or there is no unit."""
    return unit_in_words(alarm.rule.kind, alarm.rule.property.unit) if alarm.rule else ""


def measured(values: Mapping[str, object], unit: str) -> str:
    """What was measured against which threshold, in figures with their unit; "" where nothing was."""
    value, threshold = values.get("measured", values.get("value")), values.get("threshold")
    if not isinstance(value, (int, float)):
        return ""
    figures = [value, threshold] if isinstance(threshold, (int, float)) else [value]
    return " / ".join(f"{each:.4g} {unit}".strip() for each in figures)
