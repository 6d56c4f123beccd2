"""Campaigns of supervision (督导): what may be picked for an extra check, and what a check may say."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from anlan.base.errors import Refused

MOST = 500
"""More than a county can look at within a campaign."""

DRAWN_FROM = 20_000
"""A list to draw from holds about so many at most: of more cases only every second, third ... is on it."""

LOOK_BACK = timedelta(days=365)
"""Cases closed within this time may be picked."""


class Picks(StrEnum):
    """What a campaign looks at."""

    CASES = "cases"  # closed cases: is the hazard really gone?
    AREAS = "areas"  # villages: what did nobody report?


class Finding(StrEnum):
    """What a check says."""

    IN_ORDER = "in_order"
    HAZARD = "hazard"  # it becomes a case


def check_campaign(begins_on: date, ends_on: date, most: int, today: date) -> None:
    """Raise Refused("campaign_ends_before", "campaign_over", "campaign_too_large") for what cannot be."""
    if ends_on < begins_on:
        raise Refused("campaign_ends_before")
    if ends_on < today:
        raise Refused("campaign_over", day=ends_on.isoformat())
    if not 1 <= most <= MOST:
        raise Refused("campaign_too_large", most=MOST)


def check_chosen(chosen: Collection[str], eligible: Collection[str], why: str) -> None:
    """Raise Refused("reason_missing", "pick_not_eligible") for what a person may not choose.

    Chosen instead of drawn, a campaign says why it is these.
    """
    if not why.strip():
        raise Refused("reason_missing")
    others = [each for each in chosen if each not in eligible]
    if others:
        raise Refused("pick_not_eligible", picks=", ".join(others))


def check_period(begins_on: date, ends_on: date, today: date) -> None:
    """Raise Refused("campaign_not_begun", "campaign_over") for a check outside the days of its campaign."""
    if today < begins_on:
        raise Refused("campaign_not_begun", day=begins_on.isoformat())
    if today > ends_on:
        raise Refused("campaign_over", day=ends_on.isoformat())


def check_finding(finding: Finding, words: str, *, done: bool) -> None:
    """Raise Refused("checked_already", "words_missing") for a record that cannot be kept.

    A check says in words what was seen, also when all is in order; it is made once.
    """
    if done:
        raise Refused("checked_already")
    if not words.strip():
        raise Refused("words_missing")
