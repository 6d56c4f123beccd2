"""The words of alarms, and what their rules read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

from anlan.sensing.terms import Colour


class AlarmSource(StrEnum):
    """What raised an alarm."""

    RULE = "rule"
    OUTAGE = "outage"  # devices fell silent
    FEED = "feed"  # a warning of somebody else
    HAND = "hand"


class AlarmState(StrEnum):
    """Where an alarm stands."""

    RAISED = "raised"
    ESCALATED = "escalated"  # a level above heard, because nobody answered
    ACKNOWLEDGED = "acknowledged"  # somebody sees to it
    CLEARED = "cleared"  # normal again; nobody has said yet what it was
    CLOSED = "closed"


OPEN = frozenset(AlarmState) - {AlarmState.CLOSED}
UNANSWERED = frozenset({AlarmState.RAISED, AlarmState.ESCALATED})


class AlarmStep(StrEnum):
    """What happens to an alarm."""

    RAISE = "raise"  # abnormal, for the first time or again
    WORSEN = "worsen"
    EASE = "ease"
    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    HOLD = "hold"  # another alarm stands for it
    RELEASE = "release"  # it stands alone again
    LINK = "link"  # it became a case, or was joined to one
    CLEAR = "clear"
    CLOSE = "close"


class AlarmCause(StrEnum):
    """What it was, as whoever closes an alarm says."""

    HAZARD = "hazard"  # as the rule says
    WORK = "work"  # somebody worked on the place or the device
    WEATHER = "weather"
    DEVICE = "device"  # the device measured wrongly
    RULE = "rule"  # the rule is set too tight
    POWER = "power"  # no power or no network
    OTHER = "other"


class HeldWhy(StrEnum):
    """Why an alarm is not told by itself."""

    GROUPED = "grouped"  # one place or one cause: its leader is told
    INHIBITED = "inhibited"  # what it says follows from the other one


class NotTold(StrEnum):
    """Why somebody was not told of an alarm."""

    HELD = "held"
    SILENCED = "silenced"
    FLAPPING = "flapping"
    NOT_CHOSEN = "not_chosen"  # they see it on their pages alone
    NOBODY = "nobody"  # the level has nobody on duty and no dispatcher


class DutyLevel(IntEnum):
    """The three levels that hear, one after the other."""

    NONE = 0
    TOWNSHIP = 1
    COUNTY = 2
    CITY = 3


SEVERITY_ORDER: Mapping[str, int] = {Colour.BLUE: 1, Colour.YELLOW: 2, Colour.ORANGE: 3, Colour.RED: 4}
"""From the least to the worst."""


@dataclass(frozen=True)
class Cause:
    """What raises an alarm. `condition` makes it one: while it is open, the same condition is the same alarm.

    `group_by` names a cause that several devices share, such as a rule; "" for none. `values` explain it.
    """

    source: AlarmSource
    condition: str
    severity: Colour
    at: datetime
    area_path: str
    device: int | None = None
    site: int | None = None
    rule: int | None = None
    firing: int | None = None
    outage: int | None = None
    unit: int | None = None
    unit_path: str = ""
    group_by: str = ""
    says_silent: bool = False
    values: Mapping[str, object] = field(default_factory=dict)


class Open(Protocol):
    """An open alarm as the rules of grouping read it."""

    @property
    def pk(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def raised_at(self) -> datetime: ...
    @property
    def area_path(self) -> str: ...
    @property
    def site_id(self) -> int | None: ...
    @property
    def group_by(self) -> str: ...
    @property
    def says_silent(self) -> bool: ...
