"""Silences: who asked for quiet, about what, until when, and why. A silenced alarm is shown, not told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from anlan.base.errors import Refused
from anlan.places.terms import within

LONGEST = timedelta(days=7)
"""A silence without an end is a hole; who needs a longer one asks again."""


class Quiet(Protocol):
    """A silence; of device, site, rule and alarm those that are set must all fit."""

    @property
    def pk(self) -> int: ...
    @property
    def area_path(self) -> str: ...
    @property
    def device_id(self) -> int | None: ...
    @property
    def site_id(self) -> int | None: ...
    @property
    def rule_id(self) -> int | None: ...
    @property
    def alarm_id(self) -> int | None: ...
    @property
    def begins(self) -> datetime: ...
    @property
    def ends(self) -> datetime | None: ...


class Loud(Protocol):
    """An alarm as a silence sees it."""

    @property
    def pk(self) -> int: ...
    @property
    def area_path(self) -> str: ...
    @property
    def device_id(self) -> int | None: ...
    @property
    def site_id(self) -> int | None: ...
    @property
    def rule_id(self) -> int | None: ...


def silenced_by[Q: Quiet](alarm: Loud, silences: Iterable[Q], now: datetime) -> Q | None:
    """The silence that holds for this alarm now, the one that ends last; None when it may be told."""
    fitting = [each for each in silences if fits(each, alarm) and _holds(each, now)]
    return max(fitting, key=lambda each: (each.ends is None, each.ends or now), default=None)


def fits(silence: Quiet, alarm: Loud) -> bool:
    """Is this alarm one of those that the silence names?"""
    named = (
        (silence.device_id, alarm.device_id),
        (silence.site_id, alarm.site_id),
        (silence.rule_id, alarm.rule_id),
        (silence.alarm_id, alarm.pk),
    )
    return within(alarm.area_path, silence.area_path) and all(
        wanted is None or wanted == found for wanted, found in named
    )


def check_silence(begins: datetime, ends: datetime | None, reason: str, *, until_resolved: bool) -> None:
    """Only one alarm that is muted until it is resolved needs no end.

    Raises Refused("reason_missing"), ("silence_without_end"), ("silence_ends_first"), ("silence_too_long").
    """
    if not reason.strip():
        raise Refused("reason_missing")
    if ends is None:
        if not until_resolved:
            raise Refused("silence_without_end")
        return
    if ends <= begins:
        raise Refused("silence_ends_first")
    if ends - begins > LONGEST:
        raise Refused("silence_too_long", days=LONGEST.days)


def _holds(silence: Quiet, now: datetime) -> bool:
    return silence.begins <= now and (silence.ends is None or now < silence.ends)
