"""How a deadline looks and reads: words, then a bar with a tick where it turns amber, then what by when.

When it turns amber and red is decided in cases/deadlines.py, for pages as for those who are told.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from anlan.cases.deadlines import AMBER_SHARE, Tone, tone, used_share
from anlan.edge.pages.states import STAGE_BY
from anlan.edge.pages.times import duration, moment


@dataclass(frozen=True)
class DeadlineLook:
    """What the tag {% due %} draws; `share` is 0 to 100, None without a bar; at `tick` it turns amber."""

    tone: str
    icon: str
    words: str
    share: int | None
    small: str
    tick: float = round(100 * AMBER_SHARE, 1)


def running(
    *, since: datetime, near_at: datetime | None, at: datetime, stage: str, now: datetime
) -> DeadlineLook:
    """A deadline that runs from `since` to `at`, near its end from `near_at` on; `stage` names a clock."""
    tone_now = tone(near_at, at, now)
    small = STAGE_BY[stage] % {"when": moment(at, now)}
    if tone_now is Tone.OVER:
        return DeadlineLook("red", "alert", _("%(span)s over") % {"span": duration(now - at)}, 100, small)
    left = _("%(span)s left") % {"span": duration(at - now)}
    look = DeadlineLook(tone_now, "clock", left, round(100 * used_share(since, at, now)), small)
    return look if near_at is None else replace(look, tick=round(100 * used_share(since, at, near_at), 1))


def stopped(*, review_at: datetime | None, reason: str, now: datetime) -> DeadlineLook:
    """The clock of a parked case."""
    parts = [_("review %(when)s") % {"when": moment(review_at, now)}] if review_at else []
    return DeadlineLook(
        "stop", "pause", _("Clock stopped"), 50, " · ".join([*parts, *filter(None, [reason])])
    )


def ended(*, in_time: bool, at: datetime, now: datetime) -> DeadlineLook:
    """The work ended at `at`."""
    words = _("Done in time") if in_time else _("Done late")
    return DeadlineLook("done" if in_time else "late", "check", words, None, moment(at, now))
