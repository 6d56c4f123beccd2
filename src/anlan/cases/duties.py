"""What each step needs of the person who takes it, and what may happen next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from anlan.base.errors import Refused
from anlan.cases.states import NOT_OFFERED, WAITS_FOR, steps_from
from anlan.cases.terms import CaseFacts, Stage, State, Step
from anlan.cases.verification import check_drawn, check_verifier
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Membership

ACTION_FOR: Mapping[Step, Action] = MappingProxyType(
    {
        Step.ACCEPT: Action.TRIAGE,
        Step.REJECT: Action.TRIAGE,
        Step.MERGE: Action.TRIAGE,
        Step.UNMERGE: Action.TRIAGE,
        Step.DISPATCH: Action.DISPATCH,
        Step.RECALL: Action.DISPATCH,
        Step.CANCEL: Action.DISPATCH,
        Step.START: Action.HANDLE,
        Step.RETURN: Action.HANDLE,
        Step.RECTIFY: Action.HANDLE,
        Step.PASS: Action.VERIFY,
        Step.FAIL: Action.VERIFY,
        Step.CLOSE: Action.CLOSE,
        Step.REOPEN: Action.REOPEN,
        Step.PARK: Action.PARK,
        Step.RESUME: Action.PARK,
        Step.NOT_FIXED: Action.VERIFY,
    }
)

ACTION_OF_STAGE: Mapping[Stage, Action] = MappingProxyType(
    {
        Stage.ACCEPT: Action.TRIAGE,
        Stage.DISPATCH: Action.DISPATCH,
        Stage.HANDLE: Action.HANDLE,
        Stage.VERIFY: Action.VERIFY,
        Stage.CLOSE: Action.CLOSE,
    }
)

MAIN_STEPS: Mapping[Stage, tuple[Step, ...]] = MappingProxyType(
    {
        Stage.ACCEPT: (Step.ACCEPT,),
        Stage.DISPATCH: (Step.DISPATCH,),
        Stage.HANDLE: (Step.START, Step.RECTIFY),
        Stage.VERIFY: (Step.PASS, Step.FAIL),
        Stage.CLOSE: (Step.CLOSE,),
    }
)
"""The steps that take a case towards its closure; the rest are side roads."""


def steps_offered(state: State) -> tuple[Step, ...]:
    """The steps that a page offers in `state`: those of the table, and rectifying a case not yet in hand.

    flows/handle_case.py takes such a case in hand first, so that the history has both steps.
    """
    steps = tuple(step for step in steps_from(state) if step not in NOT_OFFERED)
    return (*steps, Step.RECTIFY) if Step.START in steps else steps


@dataclass(frozen=True)
class Options:
    """What may happen next: the main steps and side roads open to a person, and why others are shut."""

    main: tuple[Step, ...]
    side: tuple[Step, ...]
    shut: tuple[tuple[Step, str], ...]  # step, reason as in Refused

    @property
    def is_their_turn(self) -> bool:
        """Does the case wait for this person?"""
        return bool(self.main)


def reason_shut(step: Step, case: CaseFacts, memberships: Iterable[Membership]) -> str:
    """Why a person may not take `step`; "" when they may."""
    held = tuple(memberships)
    if not may(held, ACTION_FOR[step], case):
        return "not_permitted"
    if ACTION_FOR[step] is Action.VERIFY:
        try:
            check_verifier(case, held)
            check_drawn(case.drawn_verifiers, [membership.id for membership in held])
        except Refused as refusal:
            return refusal.reason
    return ""


def options(case: CaseFacts, memberships: Iterable[Membership]) -> Options:
    """What a person with `memberships` may do to `case` now."""
    held = tuple(memberships)
    state = State(case.state)
    main_steps = MAIN_STEPS[WAITS_FOR[state]] if state in WAITS_FOR else ()
    reasons = {step: reason_shut(step, case, held) for step in steps_offered(state)}
    return Options(
        main=tuple(step for step, why in reasons.items() if not why and step in main_steps),
        side=tuple(step for step, why in reasons.items() if not why and step not in main_steps),
        shut=tuple((step, why) for step, why in reasons.items() if why),
    )
