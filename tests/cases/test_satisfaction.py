"""What a reporter's word does, for every state and both answers."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.base.errors import Refused
from anlan.cases.satisfaction import REOPEN_WITHIN, Effect, effect, may_answer
from anlan.cases.terms import Severity, State

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def what(
    satisfied: bool,
    state: State,
    *,
    severity: Severity = Severity.MODERATE,
    after: timedelta = timedelta(days=1),
    again: bool = False,
) -> Effect:
    return effect(
        satisfied=satisfied,
        state=state,
        severity=severity,
        closed_at=NOON if state is State.CLOSED else None,
        reopened_before=again,
        at=NOON + after,
    )


@pytest.mark.parametrize("state", [state for state in State if not may_answer(state)])
def test_before_the_unit_said_that_it_is_done_there_is_nothing_to_answer(state: State) -> None:
    for satisfied in (True, False):
        with pytest.raises(Refused, match="nothing_to_answer"):
            what(satisfied, state)


@pytest.mark.parametrize(
    ("severity", "does"),
    [
        (Severity.MINOR, Effect.CLOSES),
        (Severity.MODERATE, Effect.CLOSES),
        (Severity.SERIOUS, Effect.NOTED),
        (Severity.SEVERE, Effect.NOTED),
    ],
)
def test_a_yes_verifies_what_is_not_serious(severity: Severity, does: Effect) -> None:
    assert what(True, State.RECTIFIED, severity=severity) is does


def test_a_yes_to_what_was_verified_or_closed_is_kept() -> None:
    assert [what(True, state) for state in (State.VERIFIED, State.CLOSED)] == [Effect.NOTED] * 2


@pytest.mark.parametrize(
    ("after", "does"),
    [
        (timedelta(), Effect.REOPENS),
        (REOPEN_WITHIN, Effect.REOPENS),
        (REOPEN_WITHIN + timedelta(microseconds=1), Effect.TOO_LATE),
    ],
)
def test_a_no_opens_a_closed_case_for_fourteen_days(after: timedelta, does: Effect) -> None:
    assert what(False, State.CLOSED, after=after) is does


def test_a_second_no_of_the_same_report_opens_nothing() -> None:
    assert what(False, State.CLOSED, again=True) is Effect.REPEATED


def test_a_no_before_the_closing_sends_it_back() -> None:
    assert what(False, State.RECTIFIED) is Effect.SENT_BACK
    assert what(False, State.VERIFIED) is Effect.SENT_BACK


def test_a_no_outweighs_a_verification_once_and_then_a_person_decides() -> None:
    assert what(False, State.VERIFIED, again=True) is Effect.NOTED
