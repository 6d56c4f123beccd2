"""By when a stage must end, and from when on it is near its end.

Assumptions: a stage for which its category has no limit in the table takes the category's plain hours, which
pass day and night; a limit for the severity of the case goes before one for any severity; a stage that was
promised an end keeps it. Without a limit of its own the whole has the time of all stages, one after another,
and the check of a new report (CHECK) has the time of its acceptance.
The arithmetic is that of `cases/due_times.py`, in the city's calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import NamedTuple, Protocol

from anlan.cases import due_times
from anlan.cases.calendars import WorkCalendar
from anlan.cases.due_times import Pause
from anlan.cases.limits import WORKING, Limit, TimeUnit
from anlan.cases.terms import CHECK, Limits, Stage

CLOSE_HOURS = 24
"""A verified case waits no longer than a day for its closure, whatever its category."""

AMBER_SHARE = 2 / 3
"""From this share of a stage on, it is near its end, where its limit does not say otherwise."""


class Tone(StrEnum):
    """How a clock stands, in the colour of pages; the same rule as in `cases/escalation.py`."""

    OK = "ok"
    NEAR = "amber"
    OVER = "red"


class LimitRow(Protocol):
    """One limit of a category; `severity` is "" for any, `stage` may be TOTAL or CHECK."""

    @property
    def stage(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def amber_percent(self) -> int: ...


class StageTerm(NamedTuple):
    """How long a stage may take, and from which share of that on it is near its end."""

    limit: Limit
    amber_share: float = AMBER_SHARE


@dataclass(frozen=True)
class Terms:
    """What holds for a case: a term for each stage, perhaps one for the whole, and the calendar."""

    stages: Mapping[str, StageTerm]
    calendar: WorkCalendar

    def unit(self, stage: str) -> TimeUnit:
        """In what time a stage is counted; the whole in working time as soon as one of its stages is."""
        if term := self._term(stage):
            return term.limit.unit
        units = {term.limit.unit for name, term in self.stages.items() if name != CHECK}
        return TimeUnit.WORKING_HOURS if units & WORKING else TimeUnit.EMERGENCY_HOURS

    def amount(self, stage: str) -> int | None:
        """How many units of it; None for a whole without a limit of its own."""
        term = self._term(stage)
        return term.limit.amount if term else None

    def _term(self, stage: str) -> StageTerm | None:
        """A check without a limit of its own takes that of the acceptance."""
        return self.stages.get(stage) or (self.stages.get(Stage.ACCEPT) if stage == CHECK else None)


def terms(hours: Limits, rows: Iterable[LimitRow], severity: str, calendar: WorkCalendar) -> Terms:
    """The terms of a case of this severity: the plain hours of its category, and over them its own limits."""
    stages = {stage: StageTerm(Limit(n, TimeUnit.EMERGENCY_HOURS)) for stage, n in _hours(hours).items()}
    fitting = sorted((row for row in rows if row.severity in ("", severity)), key=lambda row: row.severity)
    own = {
        row.stage: StageTerm(Limit(row.amount, TimeUnit(row.unit)), row.amber_percent / 100)
        for row in fitting
    }
    return Terms(stages | own, calendar)


def _hours(limits: Limits) -> dict[str, int]:
    return {
        Stage.ACCEPT: limits.accept_hours,
        Stage.DISPATCH: limits.dispatch_hours,
        Stage.HANDLE: limits.handle_hours,
        Stage.VERIFY: limits.verify_hours,
        Stage.CLOSE: CLOSE_HOURS,
    }


def due(stage: str, since: datetime, terms: Terms) -> datetime:
    """When `stage`, the whole (TOTAL) or the check (CHECK), begun at `since`, must end; in UTC."""
    if stage in terms.stages:
        return due_times.due(since, terms.stages[stage].limit, terms.calendar).astimezone(UTC)
    if stage == CHECK:
        return due(Stage.ACCEPT, since, terms)
    return reduce(lambda at, each: due(each, at, terms), Stage, since)


def near(stage: str, since: datetime, due_at: datetime, terms: Terms) -> datetime:
    """From when on `stage` is near its end: a share of the time that counts for it has passed. In UTC."""
    share = terms.stages[stage].amber_share if stage in terms.stages else AMBER_SHARE
    return due_times.part_way(since, due_at, share, terms.unit(stage), terms.calendar).astimezone(UTC)


def after_pause(
    at: datetime, began_at: datetime, pause: Pause, unit: str, calendar: WorkCalendar
) -> datetime:
    """An end, or the moment from which one is near, after a pause: later by the part of it that counts.

    A pause that begins at or after `at` moves nothing. The result is in UTC.
    """
    return due_times.moved(at, began_at, pause, TimeUnit(unit), calendar).astimezone(UTC)


def total_due(since: datetime, limits: Limits) -> datetime:
    """When a case with plain hours only, opened at `since`, must be closed."""
    return since + timedelta(hours=sum(_hours(limits).values()))


def plain_due(stage: Stage, since: datetime, limits: Limits) -> datetime:
    """When a stage that is counted in plain hours must end: as `due`, without a calendar."""
    return since + timedelta(hours=_hours(limits)[stage])


def clock_left(due_at: datetime, parked_at: datetime) -> timedelta:
    """What is left of a stage when its clock stops; negative when it was late already."""
    return due_at - parked_at


def amber_at(since: datetime, due_at: datetime) -> datetime:
    """From when on a stage that is counted in plain hours is near its end."""
    return since + (due_at - since) * AMBER_SHARE


def tone(near_at: datetime | None, due_at: datetime, now: datetime) -> Tone:
    """How a running clock stands: amber from `near_at` on (None: never), red from `due_at` on."""
    if due_at <= now:
        return Tone.OVER
    return Tone.NEAR if near_at is not None and near_at <= now else Tone.OK


def used_share(since: datetime, due_at: datetime, now: datetime) -> float:
    """The share of a stage's time that is used, 0 to 1; a stage without length is used up."""
    if due_at <= since:
        return 1.0
    return min(1.0, max(0.0, (now - since) / (due_at - since)))
