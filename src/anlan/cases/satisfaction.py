"""A reporter says whether the hazard is gone: what that word does. No answer is not a yes."""

from datetime import datetime, timedelta
from enum import StrEnum

from anlan.base.errors import Refused
from anlan.cases.terms import Severity, State

REOPEN_WITHIN = timedelta(days=14)
"""For so long after the closing a "not fixed" opens the case again."""

WORD_IS_ENOUGH = frozenset({Severity.MINOR, Severity.MODERATE})
"""How bad a hazard may be for a reporter's word to verify it; anything worse is seen on site."""


class Effect(StrEnum):
    """What an answer does besides being kept."""

    CLOSES = "closes"  # a rectified hazard, confirmed by the person who reported it
    VERIFIES = "verifies"  # as CLOSES, but other units still have work in it: closed when that is verified
    NOTED = "noted"
    SENT_BACK = "sent_back"  # rectified or verified, not closed yet, and not fixed: rework
    REOPENS = "reopens"  # closed, and not fixed: rework
    TOO_LATE = "too_late"  # after REOPEN_WITHIN
    REPEATED = "repeated"  # this report reopened the case before


def may_answer(state: str) -> bool:
    """Is there anything to answer: has the unit said that it is done?"""
    return state in (State.RECTIFIED, State.VERIFIED, State.CLOSED)


def effect(
    *,
    satisfied: bool,
    state: str,
    severity: str,
    closed_at: datetime | None,
    reopened_before: bool,
    at: datetime,
    open_tasks: int = 0,
) -> Effect:
    """What the answer of one reporter does to a case in `state`.

    A "no" outweighs a verification once: whoever verifies after that saw it, and a person decides.

    Raises Refused("nothing_to_answer") before the unit said that it is done.
    """
    if not may_answer(state):
        raise Refused("nothing_to_answer")
    if satisfied:
        if state != State.RECTIFIED or severity not in WORD_IS_ENOUGH:
            return Effect.NOTED
        return Effect.VERIFIES if open_tasks else Effect.CLOSES
    if state == State.VERIFIED:
        return Effect.NOTED if reopened_before else Effect.SENT_BACK
    if state != State.CLOSED or closed_at is None:
        return Effect.SENT_BACK if state == State.RECTIFIED else Effect.NOTED
    if reopened_before:
        return Effect.REPEATED
    return Effect.REOPENS if at - closed_at <= REOPEN_WITHIN else Effect.TOO_LATE
