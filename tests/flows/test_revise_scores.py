"""What comes late changes a published month under a number; the figures before, and their lists, stay."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from anlan.cases.satisfaction import Effect
from anlan.cases.terms import Channel, State
from anlan.flows.answer_report import answer_report
from anlan.flows.appeal_score import appeal_score, decide_appeal, recount_figures
from anlan.flows.revise_scores import revise_months
from anlan.flows.score_month import score_months
from anlan.store.models import (
    Case,
    CaseEvent,
    Recurrence,
    ReturningPlace,
    Score,
    ScoredCase,
    ScoreFunnel,
    ScoreRevision,
    ScoreRun,
)
from anlan.store.readers.figures import Figure, scored_cases
from anlan.store.readers.scores import unit_scores
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
CLOSING = NOON + timedelta(days=6)
"""On 29 November."""
LATE = NOON + timedelta(days=19)
"""After November was published, and within 14 days of the closing."""
PUBLISHED = NOON + timedelta(days=18)
"""After 11 December: November is final."""
MONTH_LATER = NOON + timedelta(days=50)
"""After 10 January: December is final, and November is looked at again."""


def figure(index: str, **changed: object) -> Figure:
    return replace(Figure(NOVEMBER, index, "unit", "committee-111"), **changed)


def standing(index: str) -> tuple[int, int]:
    row = Score.objects.get(
        run__month=NOVEMBER, index=index, kind="unit", code="committee-111", replaced=False
    )
    return row.numerator, row.denominator


def reopened(case: Case, at: datetime) -> None:
    CaseEvent.objects.create(case=case, at=at, step="reopen")


def test_a_not_fixed_that_came_after_the_month_was_published_counts_in_its_revision(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, CLOSING)
    report = case.reports.create(
        channel=Channel.WEB, category=case.category, area=case.area, received_at=NOON
    )
    score_months(acting_user=None, now=PUBLISHED)
    assert (standing("first_time_fix"), standing("rework")) == ((1, 1), (0, 1))

    answer_report(
        acting_user=None,
        report_id=report.pk,
        satisfied=False,
        why="It broke again",
        now=LATE,
    )
    assert report.answer.effect == Effect.REOPENS
    score_months(acting_user=None, now=LATE)
    assert (standing("first_time_fix"), standing("rework")) == ((1, 1), (0, 1))  # not before December is out
    score_months(acting_user=None, now=MONTH_LATER)

    assert (standing("first_time_fix"), standing("rework")) == ((0, 1), (1, 1))
    revision = ScoreRevision.objects.get(run__month=NOVEMBER)
    assert (revision.number, revision.cut_off, revision.changed_cases) == (1, MONTH_LATER, 1)
    assert revision.changed_figures == 2 * Score.objects.filter(index="rework", revision=1).count() > 0


def test_both_figures_stay_with_the_lists_behind_them(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)
    reopened(case, LATE)
    score_months(acting_user=None, now=MONTH_LATER)

    page = unit_scores(cast.alice, "committee-111", NOVEMBER)
    assert page is not None
    line = next(each for each in page.lines if each.definition.index == "first_time_fix")
    [before] = line.earlier
    assert (line.share.numerator, before.share.numerator) == (0, 1)
    for each, numerator in ((before.figure, 1), (line.figure, 0)):
        met, counted = (scored_cases(replace(each, part=part)).count() for part in ("met", "counted"))
        assert (met, counted) == (numerator, 1)
    on_time = next(each for each in page.lines if each.definition.index == "on_time")
    assert on_time.earlier == ()  # only what may come late is revised
    assert [each.number for each in page.revisions] == [1]


def test_a_hazard_that_comes_back_half_a_year_later_still_counts(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)
    back = NOON + timedelta(days=175)
    place = ReturningPlace.objects.create(
        first=case, family=case.category, area=case.area, area_path=case.area_path, returns=1, last_at=back
    )
    Recurrence.objects.create(case=case, earlier=case, place=place, metres=0, days=175, at=back)

    score_months(acting_user=None, now=NOON + timedelta(days=250))

    assert (standing("recurrence"), standing("first_time_fix")) == ((1, 1), (0, 1))
    assert list(ScoreRevision.objects.filter(run__month=NOVEMBER).values_list("number", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]


def test_a_return_that_is_taken_back_is_taken_out_again(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, CLOSING)
    place = ReturningPlace.objects.create(
        first=case, family=case.category, area=case.area, area_path=case.area_path, returns=1, last_at=NOON
    )
    link = Recurrence.objects.create(case=case, earlier=case, place=place, metres=0, days=0, at=NOON)
    score_months(acting_user=None, now=PUBLISHED)
    assert standing("recurrence") == (1, 1)

    Recurrence.objects.filter(pk=link.pk).update(undone_at=PUBLISHED + timedelta(days=1))
    score_months(acting_user=None, now=MONTH_LATER)

    assert standing("recurrence") == (0, 1)


def test_a_night_that_finds_nothing_late_changes_nothing_and_is_not_repeated(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)

    def figures() -> list[tuple[int, bool]]:
        found = Score.objects.filter(run__month=NOVEMBER).order_by("pk")
        return list(found.values_list("pk", "replaced"))

    before = figures()

    score_months(acting_user=None, now=MONTH_LATER)

    assert figures() == before
    assert (ScoreRevision.objects.get().changed_cases, ScoreRevision.objects.get().changed_figures) == (0, 0)
    assert revise_months(acting_user=None, now=MONTH_LATER + timedelta(days=1)) == []


def test_an_appeal_after_a_revision_leaves_the_lists_of_before_alone(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)
    reopened(case, LATE)
    score_months(acting_user=None, now=MONTH_LATER)
    appeal = appeal_score(
        acting_user=cast.alice,
        month=NOVEMBER,
        index="first_time_fix",
        unit_code="committee-111",
        case_id=case.pk,
        reason="A flood",
        now=MONTH_LATER + timedelta(days=1),
    )
    decide_appeal(
        acting_user=cast.ivan,
        appeal_id=appeal.pk,
        accepted=True,
        answer="So it was",
        now=MONTH_LATER + timedelta(days=2),
    )

    assert recount_figures(acting_user=None, appeal_id=appeal.pk) > 0

    counted = [scored_cases(figure("first_time_fix", revision=number)).count() for number in (0, 1, None)]
    assert counted == [1, 1, 0]


def test_an_appeal_before_a_revision_holds_in_it(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, CLOSING)
    walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)
    appeal = appeal_score(
        acting_user=cast.alice,
        month=NOVEMBER,
        index="rework",
        unit_code="committee-111",
        case_id=case.pk,
        reason="A flood",
        now=PUBLISHED,
    )
    decide_appeal(
        acting_user=cast.ivan, appeal_id=appeal.pk, accepted=True, answer="So it was", now=PUBLISHED
    )
    recount_figures(acting_user=None, appeal_id=appeal.pk)
    reopened(case, LATE)

    score_months(acting_user=None, now=MONTH_LATER)

    assert (standing("rework"), standing("first_time_fix")) == ((0, 1), (1, 2))


@pytest.mark.parametrize("table", [Score, ScoredCase, ScoreFunnel])
def test_a_revision_that_is_made_is_closed_for_good(cast: Cast, table: type) -> None:
    walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)
    score_months(acting_user=None, now=MONTH_LATER)
    run = ScoreRun.objects.get(month=NOVEMBER)
    columns = [f.column for f in table._meta.concrete_fields if f.column not in ("id", "revision")]
    rows = f"SELECT 1, {', '.join(columns)} FROM {table._meta.db_table} WHERE run_id = {run.pk}"
    if table is ScoreFunnel:  # one case alone draws no funnel
        rows = f"SELECT 1, {run.pk}, 'x', 'rework', 0.5, '[]'"
        columns = ["run_id", "peers", "index", "target", "curve"]

    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(
            f"INSERT INTO {table._meta.db_table} (revision, {', '.join(columns)}) {rows}"
        )


@pytest.mark.parametrize("what", ["DELETE FROM {}", "UPDATE {} SET number = number + 1"])
def test_the_database_keeps_revisions(cast: Cast, what: str) -> None:
    walked_to(State.CLOSED, cast, CLOSING)
    score_months(acting_user=None, now=PUBLISHED)
    score_months(acting_user=None, now=MONTH_LATER)

    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(what.format(ScoreRevision._meta.db_table))
