"""How a deadline looks and reads: words, then a bar with a tick where it turns amber, then what by when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from anlan.cases.deadlines import AMBER_SHARE, used_share
from anlan.edge.pages.states import STAGE_BY
from anlan.edge.pages.times import duration, moment


@dataclass(frozen=True)
class DeadlineLook:
    """What the tag {% due %} draws; `share` is 0 to 100, None without a bar."""

    tone: str
    icon: str
    words: str
    share: int | None
    small: str


def running(*, since: datetime, at: datetime, stage: str, now: datetime) -> DeadlineLook:
    """A deadline that runs from `since` to `at`; `stage` is a value of cases.terms.Stage."""
    tone = tone_of(since=since, at=at, now=now)
    small = STAGE_BY[stage] % {"when": moment(at, now)}
    if tone == "red":
        return DeadlineLook("red", "alert", _("%(span)s over") % {"span": duration(now - at)}, 100, small)
    left = _("%(span)s left") % {"span": duration(at - now)}
    return DeadlineLook(tone, "clock", left, round(100 * used_share(since, at, now)), small)


def tone_of(*, since: datetime, at: datetime, now: datetime) -> str:
    """ "ok", "amber" from two thirds of the time on, "red" once it has gone by."""
    if now > at:
        return "red"
    return "amber" if used_share(since, at, now) >= AMBER_SHARE else "ok"


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
