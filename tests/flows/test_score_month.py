"""The nightly figures: idempotent, restartable, final once published."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from anlan.cases.terms import State
from anlan.flows import score_month
from anlan.flows.appeal_score import recount_figures
from anlan.flows.score_month import score_months
from anlan.store.models import CaseEvent, Score, ScoreAppeal, ScoredCase, ScoreFunnel, ScoreRun
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
LATER = NOON + timedelta(days=6)


def figures(kind: str, code: str) -> dict[str, tuple[int, int]]:
    rows = Score.objects.filter(kind=kind, code=code, replaced=False)
    return {row.index: (row.numerator, row.denominator) for row in rows}


def test_a_closed_case_counts_for_the_units_whose_work_it_was(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, NOON)

    score_months(acting_user=None, now=LATER)

    handled = {
        "closed": (1, 1),
        "on_time": (1, 1),
        "rework": (0, 1),
        "first_time_fix": (1, 1),
        "recurrence": (0, 1),
        "verified_on_site": (1, 1),
    }
    guards = {
        **dict.fromkeys(
            (
                "parked",
                "parked_late",
                "cancelled",
                "merged",
                "redrawn",
                "recategorised",
                "quick",
                "same_people",
            ),
            (0, 1),
        ),
        "same_pair": (1, 1),
    }
    assert figures("unit", "committee-111") == handled | guards
    assert figures("area", "990101001201")["accepted"] == (1, 1)


def everything() -> list[tuple[object, ...]]:
    """All figures there are, but for their ids and when they were made."""
    names = ("run__month", "kind", "code", "index", "numerator", "denominator", "lower", "upper", "band")
    return sorted(Score.objects.values_list(*names), key=str)


def test_a_published_month_stays_whatever_happens_to_its_cases_later(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)
    january = NOON + timedelta(days=60)
    score_months(acting_user=None, now=january)
    before = everything()
    CaseEvent.objects.create(case=case, at=NOON + timedelta(days=5), step="reopen")

    score_months(acting_user=None, now=january + timedelta(days=1))

    published = ScoreRun.objects.get(month=NOVEMBER)
    assert [row for row in everything() if row[0] == NOVEMBER] == [
        row for row in before if row[0] == NOVEMBER
    ]
    assert published.published_at == january


@pytest.mark.parametrize("table", [Score, ScoredCase, ScoreFunnel, ScoreRun])
@pytest.mark.parametrize("what", ["DELETE FROM {}", "UPDATE {} SET id = id + 100000"])
def test_the_database_refuses_to_change_a_published_month(cast: Cast, table: type, what: str) -> None:
    walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=NOON + timedelta(days=60))
    if table is ScoreFunnel:  # one case alone draws no funnel
        ScoreRun.objects.filter(month=NOVEMBER).exists()
        with pytest.raises(DatabaseError, match="published month"), transaction.atomic():
            ScoreFunnel.objects.create(
                run=ScoreRun.objects.get(month=NOVEMBER), peers="x", index="closed", target=0.5, curve=[]
            )
        return

    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(what.format(table._meta.db_table))


def test_an_accepted_appeal_still_replaces_a_published_figure(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=NOON + timedelta(days=60))
    facts = {"unit": cast.committee_111, "unit_path": cast.committee_111.path, "area_path": case.area_path}
    appeal = ScoreAppeal.objects.create(
        run=ScoreRun.objects.get(month=NOVEMBER),
        case=case,
        index="closed",
        reason="A flood",
        made_at=LATER,
        made_by=cast.alice.user,
        accepted=True,
        **facts,
    )
    ScoredCase.objects.filter(run__month=NOVEMBER).update(left_out=["closed"])

    recount_figures(acting_user=None, appeal_id=appeal.pk)

    assert "closed" not in figures("unit", "committee-111")


def test_a_night_that_dies_in_a_month_is_made_up_for_by_the_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=LATER)
    whole = everything()

    def dies(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(score_month, "write_scores", dies)
        score_months(acting_user=None, now=LATER)
    after_the_death = everything()
    score_months(acting_user=None, now=LATER)

    assert (after_the_death, everything()) == (whole, whole)


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_make_each_figure_once(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, NOON)

    def night(_: int) -> None:
        try:
            score_months(acting_user=None, now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as nights:
        list(nights.map(night, range(2)))

    assert figures("unit", "committee-111")["closed"] == (1, 1)
    assert len(everything()) == Score.objects.values("kind", "code", "index").distinct().count()
