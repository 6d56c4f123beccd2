"""What the words of alarm rules are called on pages, and what a rule says in a sentence."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from anlan.flows.alarm_words import SEVERITIES
from anlan.sensing.alarms.terms import SEVERITY_ORDER
from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode, Side

KINDS: Mapping[str, Promise] = {
    RuleKind.THRESHOLD: _("Value beyond a level"),
    RuleKind.RATE: _("Speed of change"),
    RuleKind.MISSING: _("Missing data"),
    RuleKind.STUCK: _("Stuck value"),
    RuleKind.AGREEMENT: _("Several sensors agree"),
    RuleKind.BASELINE: _("Unusual for this hour of the week (advice only)"),
    RuleKind.CUSUM: _("Small shift that stays (advice only)"),
}
ABOUT: Mapping[str, Promise] = {
    RuleKind.THRESHOLD: _("Abnormal from a value on, until it is back beyond another."),
    RuleKind.RATE: _("Abnormal when the value changes by so much an hour. Levels are in the unit an hour."),
    RuleKind.MISSING: _("Abnormal when nothing came for so many intervals of the device."),
    RuleKind.STUCK: _("Abnormal when the value has not moved for so long. Levels are in seconds."),
    RuleKind.AGREEMENT: _("Abnormal when so many sensors of one site are beyond a value."),
    RuleKind.BASELINE: _("Levels are standard deviations from the same hour of the weeks before. No alarm."),
    RuleKind.CUSUM: _("Levels are the sum of deviations beyond the slack. No alarm."),
}
MODES: Mapping[str, Promise] = {
    RuleMode.LIVE: pgettext_lazy("mode of a rule", "Live: raises alarms"),
    RuleMode.SHADOW: pgettext_lazy("mode of a rule", "Shadow: only shows what it would raise"),
    RuleMode.OFF: pgettext_lazy("mode of a rule", "Rests"),
}
SIDES: Mapping[str, Promise] = {
    Side.ABOVE: pgettext_lazy("side of a threshold", "Above, or rising"),
    Side.BELOW: pgettext_lazy("side of a threshold", "Below, or falling"),
}
UNITS: Mapping[str, Promise] = {
    RuleKind.MISSING: _("intervals"),
    RuleKind.STUCK: _("s"),
    RuleKind.BASELINE: _("standard deviations"),
    RuleKind.CUSUM: _("summed deviations"),
}


SIGNS: Mapping[str, str] = {"1": "", "Cel": "°C"}
"""Units as people write them where the codes of UCUM do not look like that."""


def severity_bars(severity: str) -> str:
    """The sign of a severity."""
    return f"v-{SEVERITY_ORDER[severity]}"


def in_words(rule: Rule, unit: str) -> list[str]:
    """What a rule says, a line for each level."""
    return [_level(rule, each, unit_in_words(rule.kind, unit)) for each in rule.levels]


def unit_in_words(kind: str, unit: str) -> str:
    """In what the levels of a rule of this kind are counted, over a property in this unit."""
    unit = SIGNS.get(unit, unit)
    return str(UNITS.get(kind, f"{unit}/h" if kind == RuleKind.RATE else unit))


def _level(rule: Rule, level: Level, unit: str) -> str:
    facing = ("≤", ">") if rule.side is Side.BELOW and rule.kind in BY_VALUE else ("≥", "<")
    facts = {
        "severity": SEVERITIES[level.severity],
        "from": f"{facing[0]} {level.at:g} {unit}".strip(),
        "until": f"{facing[1]} {level.clear:g} {unit}".strip(),
    }
    return gettext("%(severity)s: %(from)s, until %(until)s") % facts


BY_VALUE = frozenset({RuleKind.THRESHOLD, RuleKind.AGREEMENT})
