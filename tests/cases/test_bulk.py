"""What can be done for many cases at once: never what needs eyes on one place, never more than one by one."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

import pytest

from anlan.cases.bulk import WORDS_OF, why_not
from anlan.cases.duties import options
from anlan.cases.states import REASON_NEEDED
from anlan.cases.terms import State, Step
from anlan.staff.terms import Role


@dataclass(frozen=True)
class Facts:
    """A case of a unit below the member's own."""

    state: str
    former_state: str = "accepted"
    unit_path: str = "desk.unit."
    area_path: str = "city."
    rectified_at: datetime | None = None
    rectified_by_id: int | None = None
    drawn_verifiers: tuple[int, ...] = ()
    route_reason: dict[str, str] = field(default_factory=lambda: {"unit": "unit"})


@dataclass(frozen=True)
class Member:
    """A member of the desk."""

    role: str
    unit_path: str = "desk."
    area_path: str = "city."
    id: int = 1
    user_id: int = 1


def test_nobody_rectifies_verifies_reopens_or_joins_in_bulk() -> None:
    assert set(Step) - set(WORDS_OF) == {
        *(Step.RETURN, Step.RECTIFY, Step.PASS, Step.FAIL, Step.REOPEN, Step.MERGE, Step.UNMERGE),
        Step.NOT_FIXED,
    }


def test_every_step_that_needs_a_reason_asks_for_it() -> None:
    assert {step for step in WORDS_OF if step in REASON_NEEDED} <= {
        step for step, words in WORDS_OF.items() if "reason" in words
    }


@pytest.mark.parametrize(("role", "state"), list(product(Role, State)))
def test_a_case_can_take_in_bulk_what_its_own_page_offers(role: Role, state: State) -> None:
    case, members = Facts(state), [Member(role)]
    offered = options(case, members)

    able = {step for step in WORDS_OF if not why_not(step, case, members)}

    assert able == {*offered.main, *offered.side} & set(WORDS_OF)


def test_a_case_without_a_suggestion_says_so() -> None:
    case = Facts(State.ACCEPTED, route_reason={})

    assert why_not(Step.DISPATCH, case, [Member(Role.DISPATCHER)]) == "no_unit_suggested"
