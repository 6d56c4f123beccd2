"""The words of rules: what a rule is, and what comes of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from anlan.sensing.terms import Colour


class RuleKind(StrEnum):
    """How a rule judges."""

    THRESHOLD = "threshold"  # the value itself
    RATE = "rate"  # change of the value, in its unit an hour
    MISSING = "missing"  # silence, in intervals of the device
    STUCK = "stuck"  # seconds for which the value did not change
    AGREEMENT = "agreement"  # so many sensors of one site beyond a level
    BASELINE = "baseline"  # standard deviations from what this hour of the week is used to
    CUSUM = "cusum"  # the sum of small deviations to one side


ADVICE = frozenset({RuleKind.BASELINE, RuleKind.CUSUM})
"""Kinds that only advise: what they find raises no alarm."""


class RuleMode(StrEnum):
    """Whether a rule raises alarms, only counts what it would have raised, or rests."""

    LIVE = "live"
    SHADOW = "shadow"
    OFF = "off"


class Side(StrEnum):
    """On which side of a level a value is abnormal."""

    ABOVE = "above"
    BELOW = "below"


SEVERITIES = (Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED)
"""From the least to the worst; level 1 of an array is the first, level 0 is normal."""


@dataclass(frozen=True, slots=True)
class Level:
    """From `at` on it is this severe; not any more when back beyond `clear`, in between nothing changes."""

    severity: Colour
    at: float
    clear: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a rule. `device_kind` and `property` say what it judges, `area_path` where ("": all).

    `hold_seconds` is how long a level must be kept before it counts, `clear_seconds` how long left.
    `parameters` of each kind: rate `over_seconds`; agreement `sensors`, `window_seconds`; stuck `tolerance`;
    baseline `learn`; cusum `learn`, `slack`.
    """

    code: str
    version: int
    device_kind: str
    property: str
    kind: RuleKind
    levels: tuple[Level, ...]
    side: Side = Side.ABOVE
    hold_seconds: float = 0
    clear_seconds: float = 0
    parameters: Mapping[str, float] = field(default_factory=dict)
    area_path: str = ""
    mode: RuleMode = RuleMode.LIVE
    in_force_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """From `at` (microseconds since 1970) on, a series or a site is this severe; None: normal again.

    `values` explain it: `value` as it was read, `measured` as it was held against a level (the rate, the
    seconds, the number of sensors ...), `threshold` (of the level reached, or the clear of the one left; None
    where the version does not have that level any more), `before` (the severity until then, or None), and
    `late`, true when a newer reading was judged before.
    """

    rule: Rule
    series: int | None
    site: int | None
    at: int
    severity: Colour | None
    values: Mapping[str, object]
