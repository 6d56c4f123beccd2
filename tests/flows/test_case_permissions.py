"""Every step of a case against the table: who may not see it finds nothing, who may not do it is refused."""

from collections.abc import Callable
from itertools import product

import pytest

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.duties import ACTION_FOR
from anlan.cases.terms import Step
from anlan.flows import (
    close_case,
    dispatch_case,
    handle_case,
    join_cases,
    park_case,
    second_check,
    triage_case,
    verify_case,
)
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Relation, Role
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks
from tests.relations import given_to_the_committee, somebody

FLOWS: dict[Step, Callable[..., object]] = {
    Step.ACCEPT: lambda **call: triage_case.accept_case(severity="minor", **call),
    Step.REJECT: lambda **call: triage_case.reject_case(reason="x", **call),
    Step.DISPATCH: lambda **call: dispatch_case.dispatch_case(unit_code="office-11", reason="x", **call),
    Step.RECALL: lambda **call: dispatch_case.recall_case(reason="x", **call),
    Step.CANCEL: lambda **call: dispatch_case.cancel_case(reason="x", **call),
    Step.START: handle_case.start_case,
    Step.RETURN: lambda **call: handle_case.return_case(reason="x", **call),
    Step.RECTIFY: lambda **call: handle_case.rectify_case(done="x", pictures=[], **call),
    Step.PASS: lambda **call: verify_case.pass_case(seen="x", pictures=[], **call),
    Step.FAIL: lambda **call: verify_case.fail_case(reason="x", pictures=[], **call),
    Step.CLOSE: close_case.close_case,
    Step.REOPEN: lambda **call: close_case.reopen_case(reason="x", **call),
    Step.PARK: lambda **call: park_case.park_case(review_at=NOON, reason="x", **call),
    Step.RESUME: park_case.resume_case,
    Step.MERGE: lambda **call: join_cases.join_case(into_id=0, **call),
    Step.UNMERGE: join_cases.undo_join,
    Step.NOT_FIXED: lambda **call: second_check.refute_closing(seen="x", **call),
}


def test_no_step_is_left_out() -> None:
    assert set(FLOWS) == set(Step)


@pytest.mark.parametrize(("role", "relation"), list(product(Role, Relation)))
def test_each_step_answers_as_the_table_says(cast: Cast, role: Role, relation: Relation) -> None:
    case = given_to_the_committee(cast, walks.new(cast, NOON))
    acting = somebody(cast, role, relation)

    answers = {step: answer_of(flow, acting, case.pk) for step, flow in FLOWS.items()}

    assert answers == {step: expected(role, relation, ACTION_FOR[step]) for step in FLOWS}


def answer_of(flow: Callable[..., object], acting: object, case_id: int) -> str:
    """What a flow says of a version that is not there: whoever may act gets as far as the conflict."""
    try:
        flow(acting_user=acting, case_id=case_id, version=-1, now=NOON)
    except NotFound:
        return "not found"
    except Refused as refusal:
        return refusal.reason
    except Conflict:
        return "may"
    return "done"


def expected(role: Role, relation: Relation, action: Action) -> str:
    if relation not in allowed_relations(role, Action.VIEW_CASE):
        return "not found"
    return "may" if relation in allowed_relations(role, action) else "not_permitted"
