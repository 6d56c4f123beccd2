"""A version of a rule as its row keeps it, and what a rule must be before it may be kept."""

from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from typing import Any

from anlan.base.errors import Refused
from anlan.sensing.rules.judging import PARAMETERS
from anlan.sensing.rules.states import SENSORS
from anlan.sensing.rules.terms import SEVERITIES, Level, Rule, RuleKind, RuleMode, Side
from anlan.sensing.terms import Colour

LONGEST_WAIT = 86_400.0
"""Seconds: what a rule may wait, so that a late reading is judged from a day of readings."""
LONGEST_STUCK = 30 * 86_400.0
OF_VALUE = frozenset({RuleKind.THRESHOLD, RuleKind.AGREEMENT})


def content_of(rule: Rule) -> dict[str, Any]:
    """What a row keeps of a version; `rule_of` reads it back."""
    return {
        "levels": [[each.severity.value, each.at, each.clear] for each in rule.levels],
        "side": rule.side.value,
        "hold_seconds": rule.hold_seconds,
        "clear_seconds": rule.clear_seconds,
        "parameters": dict(rule.parameters),
        "area_path": rule.area_path,
        "mode": rule.mode.value,
    }


def rule_of(content: Mapping[str, Any], **facts: Any) -> Rule:
    """The version that a row keeps; `facts` are its code, version, device_kind, property, kind, date."""
    return Rule(
        **facts,
        levels=tuple(Level(Colour(name), at, clear) for name, at, clear in content.get("levels", ())),
        side=Side(content.get("side", Side.ABOVE)),
        hold_seconds=content.get("hold_seconds", 0),
        clear_seconds=content.get("clear_seconds", 0),
        parameters=content.get("parameters", {}),
        area_path=content.get("area_path", ""),
        mode=RuleMode(content.get("mode", RuleMode.LIVE)),
    )


def check_rule(rule: Rule) -> None:
    """Raise Refused with what is wrong: "rule_without_level", "rule_level_twice", "rule_levels_crossed",
    "rule_clear_beyond", "rule_level_negative", "rule_wait_too_long", "rule_parameter" (name, least, most).
    """
    _check_levels(rule)
    for seconds in (rule.hold_seconds, rule.clear_seconds):
        if not 0 <= seconds <= LONGEST_WAIT:
            raise Refused("rule_wait_too_long", hours=24)
    for name in PARAMETERS.get(rule.kind, ()):
        if name is not None:
            _check_parameter(rule, name)


def _check_levels(rule: Rule) -> None:
    if not rule.levels:
        raise Refused("rule_without_level")
    order = [SEVERITIES.index(each.severity) for each in rule.levels]
    if sorted(set(order)) != order:
        raise Refused("rule_level_twice")
    numbers = [number for each in rule.levels for number in (each.at, each.clear)]
    if not all(isfinite(number) for number in numbers):
        raise Refused("rule_without_level")
    if rule.kind not in OF_VALUE and min(numbers) < 0:
        raise Refused("rule_level_negative")
    facing = -1 if rule.side is Side.BELOW and rule.kind in OF_VALUE else 1
    if any(facing * each.clear > facing * each.at for each in rule.levels):
        raise Refused("rule_clear_beyond")
    for milder, worse in pairwise(rule.levels):
        if facing * milder.at >= facing * worse.at or facing * milder.clear > facing * worse.clear:
            raise Refused("rule_levels_crossed")
    if rule.kind is RuleKind.STUCK and max(numbers) > LONGEST_STUCK:
        raise Refused("rule_wait_too_long", hours=24 * 30)


BOUNDS: Mapping[str, tuple[float, float]] = {
    "over_seconds": (60, LONGEST_WAIT),
    "tolerance": (0, 1e6),
    "learn": (2, 10_000),
    "slack": (0, 10),
    "sensors": (2, SENSORS),
    "window_seconds": (1, LONGEST_WAIT),
}


def _check_parameter(rule: Rule, name: str) -> None:
    least, most = BOUNDS[name]
    given = rule.parameters.get(name)
    if given is None or not least <= given <= most:
        raise Refused("rule_parameter", name=name, least=least, most=most)
