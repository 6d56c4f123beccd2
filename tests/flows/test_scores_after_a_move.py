"""A unit that is moved keeps its figures, and the lists behind them still add up."""

from datetime import timedelta

import pytest
from django.apps import apps

from anlan.cases.terms import State
from anlan.flows.manage_units import move_unit, rewrite_paths
from anlan.flows.score_month import score_months
from anlan.store.models import Draw, Score, ScoreAppeal, StageClock
from anlan.store.readers.figures import figure_of, scored_cases
from anlan.store.readers.managed import touched_by_moving_unit
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
KEEPS = {Draw}
"""What keeps the path of its time: an auditor repeats a draw from the list as it was."""


def moved(cast: Cast) -> None:
    """The township office and all below it go below the water bureau."""
    move_unit(
        acting_user=cast.mia,
        code="office-11",
        parent_code="water-1",
        area_code="990101001",
        seen=touched_by_moving_unit(cast.office_11).mark,
        now=NOON,
    )


def check_that_lists_add_up() -> None:
    for score in Score.objects.filter(replaced=False).select_related("run"):
        address = f"{score.run.month:%Y-%m}~{score.index}~{score.kind}~{score.code}"
        counted, met = (figure_of(f"{address}~{part}") for part in ("counted", "met"))
        assert counted is not None and met is not None
        assert scored_cases(counted).count() == score.denominator, address
        if score.index != "same_people":
            assert scored_cases(met).count() == score.numerator, address


@pytest.mark.parametrize("days", [6, 60])
def test_lists_add_up_after_a_move_before_and_after_the_next_night(cast: Cast, days: int) -> None:
    walked_to(State.CLOSED, cast, NOON)
    walked_to(State.IN_PROGRESS, cast, NOON)
    now = NOON + timedelta(days=days)  # open still, or published
    score_months(acting_user=None, now=now)

    moved(cast)
    check_that_lists_add_up()
    score_months(acting_user=None, now=now + timedelta(days=1))
    check_that_lists_add_up()

    closed = Score.objects.filter(kind="unit", index="closed", run__month="2026-11-01")
    assert {"office-11", "committee-111"} <= set(closed.values_list("code", flat=True))


def test_the_next_night_counts_running_and_past_turns_for_the_unit_where_it_stands_now(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=NOON + timedelta(days=6))

    moved(cast)
    score_months(acting_user=None, now=NOON + timedelta(days=7))

    figures = Score.objects.filter(kind="unit", index="on_time").order_by("code")
    assert list(figures.values_list("code", "numerator", "denominator")) == [
        (code, 1, 1) for code in ("committee-111", "desk", "desk-1", "office-11", "water-1")
    ]
    assert {clock.unit_path for clock in StageClock.objects.exclude(unit_path="")} == {
        "desk.desk-1.water-1.office-11.committee-111."
    }


def test_every_path_of_a_unit_moves_with_it(cast: Cast) -> None:
    tables = {
        table
        for table in apps.get_app_config("store").get_models()
        if any(field.name == "unit_path" for field in table._meta.concrete_fields)
    }
    case = walked_to(State.RECTIFIED, cast, NOON)
    score_months(acting_user=None, now=NOON + timedelta(days=6))
    ScoreAppeal.objects.create(
        run_id=Score.objects.values_list("run_id", flat=True)[0],
        case=case,
        index="closed",
        unit=cast.committee_111,
        unit_path=cast.committee_111.path,
        area_path=cast.village_111.path,
        reason="A flood",
        made_at=NOON,
        made_by=cast.alice.user,
    )
    held = {
        table for table in tables if table._default_manager.filter(unit_path=cast.committee_111.path).exists()
    }

    rewrite_paths(cast.committee_111.path, "elsewhere.")

    left = {table for table in held if table._default_manager.filter(unit_path=cast.committee_111.path)}
    assert left == KEEPS
    assert {StageClock, ScoreAppeal, Draw} <= held
