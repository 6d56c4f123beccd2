"""Campaigns of supervision (督导): what may be picked for an extra check, and what a check may say."""

from datetime import date, timedelta
from enum import StrEnum

from anlan.base.errors import Refused

MOST = 500
"""More than a county can look at within a campaign."""

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


def check_campaign(begins_on: date, ends_on: date, most: int) -> None:
    """Raise Refused("campaign_ends_before", "campaign_too_large") for what cannot be done."""
    if ends_on < begins_on:
        raise Refused("campaign_ends_before")
    if not 1 <= most <= MOST:
        raise Refused("campaign_too_large", most=MOST)


def check_finding(finding: Finding, words: str, *, done: bool) -> None:
    """Raise Refused("checked_already", "words_missing") for a record that cannot be kept.

    A check says in words what was seen, also when all is in order; it is made once.
    """
    if done:
        raise Refused("checked_already")
    if not words.strip():
        raise Refused("words_missing")
