"""Which steps may be taken for many cases at once, and which of the cases can take one."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from anlan.cases.duties import ACTION_FOR, reason_shut
from anlan.cases.states import steps_from
from anlan.cases.terms import CaseFacts, State, Step
from anlan.staff.terms import Action, Membership

MOST = 1000
"""Cases in one go: what a person can still look through before saying yes."""

WAITING, DONE, CHANGED, REFUSED, FAILED = "waiting", "done", "changed", "refused", "failed"
"""What became of a case: nothing yet, the step, somebody else was first, a rule said no, a fault of anlan."""

WORDS_OF: Mapping[Step, tuple[str, ...]] = MappingProxyType(
    {
        Step.ACCEPT: (),  # each with the severity that it has
        Step.REJECT: ("reason",),
        Step.DISPATCH: ("unit_code", "reason"),  # no unit: each to the one suggested for it
        Step.RECALL: ("reason",),
        Step.CANCEL: ("reason",),
        Step.START: (),
        Step.PARK: ("reason", "review_on"),
        Step.RESUME: (),
        Step.CLOSE: (),
    }
)
"""The steps open to many cases at once, and what each asks. Nobody rectifies, verifies or reopens in bulk:
each of those says what was seen at one place."""


class BulkFacts(CaseFacts, Protocol):
    """What the rules read of a case among many."""

    @property
    def route_reason(self) -> Mapping[str, Any]: ...


def actions_in_bulk() -> frozenset[Action]:
    """The permissions of which a person needs one to do anything in bulk."""
    return frozenset(ACTION_FOR[step] for step in WORDS_OF)


def suggested_unit(case: BulkFacts) -> str:
    """The code of the unit that was suggested for the case; "" for none."""
    return str(case.route_reason.get("unit") or "")


def why_not(step: Step, case: BulkFacts, memberships: Iterable[Membership]) -> str:
    """Why `case` cannot take `step` now, as in Refused; "" when it can."""
    if step not in steps_from(State(case.state)):
        return "step_not_allowed"
    shut = reason_shut(step, case, memberships)
    if not shut and step is Step.DISPATCH and not suggested_unit(case):
        return "no_unit_suggested"
    return shut
