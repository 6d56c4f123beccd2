"""By when a stage must end.

Assumptions: limits are hours that pass day and night; a parked case keeps what was left of its stage and
goes on from there; a stage that was promised an end keeps it.
"""

from datetime import datetime, timedelta

from anlan.cases.terms import Limits, Stage

CLOSE_HOURS = 24
"""A verified case waits no longer than a day for its closure, whatever its category."""

AMBER_SHARE = 2 / 3
"""From this share of a stage on, it is near its end."""


def limit(stage: Stage, limits: Limits) -> timedelta:
    """How long `stage` may take."""
    hours = {
        Stage.ACCEPT: limits.accept_hours,
        Stage.DISPATCH: limits.dispatch_hours,
        Stage.HANDLE: limits.handle_hours,
        Stage.VERIFY: limits.verify_hours,
        Stage.CLOSE: CLOSE_HOURS,
    }
    return timedelta(hours=hours[stage])


def due(stage: Stage, since: datetime, limits: Limits) -> datetime:
    """When `stage`, begun at `since`, must end."""
    return since + limit(stage, limits)


def total_due(since: datetime, limits: Limits) -> datetime:
    """When a case opened at `since` must be closed: one after another, all its stages have their time."""
    return since + sum((limit(stage, limits) for stage in Stage), timedelta())


def clock_left(due_at: datetime, parked_at: datetime) -> timedelta:
    """What is left of a stage when its clock stops; negative when it was late already."""
    return due_at - parked_at


def amber_at(since: datetime, due_at: datetime) -> datetime:
    """From when on a stage is near its end."""
    return since + (due_at - since) * AMBER_SHARE


def used_share(since: datetime, due_at: datetime, now: datetime) -> float:
    """The share of a stage's time that is used, 0 to 1; a stage without length is used up."""
    if due_at <= since:
        return 1.0
    return min(1.0, max(0.0, (now - since) / (due_at - since)))
