"""How a member is told, and when: ways, quiet hours, digests, and what happens to a message nobody takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from anlan.base.clock import in_utc


class Way(StrEnum):
    """How a notice leaves; the list on a member's own pages holds every notice besides."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Choice:
    """How one member wants to be told. Times are of the city's clock."""

    ways: Mapping[str, frozenset[Way]] = field(default_factory=lambda: MappingProxyType({}))
    """Kind of notice: the ways in which it comes."""
    digest_at: time | None = None
    """When e-mail comes, once a day; None for each at once."""
    quiet_from: time | None = None
    quiet_to: time | None = None
    """Hours in which nothing comes but what is severe; they may run over midnight."""


NO_CHOICE = Choice()

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long after each failed try the next one comes; after the last, a person must look."""


def send_at(way: Way, choice: Choice, now: datetime, *, urgent: bool) -> datetime:
    """When a message leaves; `now` is aware and in the city's zone.

    What is urgent leaves at once. The rest waits for the digest (e-mail only) and for the end of quiet hours.
    """
    if urgent:
        return now
    if way is Way.EMAIL and choice.digest_at is not None:
        return after_quiet(choice, next_time(choice.digest_at, now))
    return after_quiet(choice, now)


def after_quiet(choice: Choice, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours in which it lies."""
    if choice.quiet_from is None or choice.quiet_to is None or not is_quiet(choice, at.time()):
        return at
    return next_time(choice.quiet_to, at)


def is_quiet(choice: Choice, at: time) -> bool:
    """Does this time of day lie in the quiet hours? Equal ends mean none."""
    begin, end = choice.quiet_from, choice.quiet_to
    if begin is None or end is None:
        return False
    if begin <= end:
        return begin <= at < end
    return at >= begin or at < end


def next_time(of_day: time, now: datetime) -> datetime:
    """The next moment after `now` at which the clock shows `of_day`.

    Of an hour that comes twice it is the run in which `now` lies; a time that is skipped comes as much later.
    """
    today = datetime.combine(now.date(), of_day.replace(fold=now.fold), now.tzinfo)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), of_day, now.tzinfo)
    return in_utc(today if today > now else tomorrow).astimezone(now.tzinfo)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failed ones; None: it is a dead letter."""
    return now + WAITS[tries - 1] if tries <= len(WAITS) else None
