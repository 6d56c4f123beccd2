"""`anlan check-draws`: an auditor repeats draws on a terminal."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from typer.testing import CliRunner

from anlan.cases.terms import State
from anlan.edge.cli.commands import app
from anlan.edge.cli.problems import Problem
from anlan.store.models import Case, Draw
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def rectified(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(settings, "ANLAN_POSTGRES", None)  # the test's own database
    return walked_to(State.RECTIFIED, cast, NOON - timedelta(days=1))


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["check-draws", *words])


def test_a_draw_that_agrees_ends_with_0_and_json_repeats_it(rectified: Case) -> None:
    [answer] = json.loads(run(rectified.number, "--json").output)

    assert (answer["agrees"], answer["round"], len(bytes.fromhex(answer["seed"]))) == (True, 1, 32)
    assert run(rectified.number).exit_code == 0


def test_one_that_was_changed_ends_with_1(rectified: Case) -> None:
    Draw.objects.update(result=["desk.:9"])

    ended = run(rectified.number)
    assert (ended.exit_code, "gives another result" in ended.output) == (1, True)


@pytest.mark.parametrize("number", ["CX-2026-", "one", "CX-2026-999999"])
def test_what_is_no_case_is_said(rectified: Case, number: str) -> None:
    ended = run(number)
    assert (ended.exit_code != 0, isinstance(ended.exception, Problem)) == (True, True)
