"""What must be said before an alarm is over, and how good a rule is by what was said."""

from dataclasses import dataclass

from anlan.base.errors import Refused
from anlan.sensing.alarms.terms import AlarmCause


def check_closing(cause: str, false_alarm: bool | None) -> None:
    """A cause, and whether it was false. Raises Refused("cause_missing"), ("false_alarm_unanswered")."""
    if cause not in set(AlarmCause):
        raise Refused("cause_missing")
    if false_alarm is None:
        raise Refused("false_alarm_unanswered")


@dataclass(frozen=True, slots=True)
class Precision:
    """Of so many answered alarms of a rule so many were real; `open_` ones are not answered yet."""

    real: int
    answered: int
    open_: int

    @property
    def share(self) -> float | None:
        """real / answered; None when none was answered: that is no data, not 0 %."""
        return self.real / self.answered if self.answered else None
