"""A published month is looked at again: what came late changes its figures, under a number; both stay.

A reporter may say within 14 days of the closing that nothing is fixed, and a hazard may come back within half
a year; a month is published after 10 days. So with each month that is published, the REVISIONS months before
it are revised. Only the indices of cases/indices.py:REVISED can change.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from anlan.cases.indices import REVISED, Share
from anlan.flows.score_counts import area_counts, rolled_up, take_scores, unit_counts
from anlan.outcomes.months import next_month, revisions_due, starts_at
from anlan.outcomes.score_definitions import definitions_for
from anlan.store.models import Score, ScoreFunnel, ScoreRevision, ScoreRun
from anlan.store.revised_cases import revise_cases


def revise_months(*, acting_user: None, now: datetime) -> list[tuple[date, int]]:
    """Make the revisions that are due: month and number of each, in order; each a transaction of its own."""
    runs = {run.month: run for run in ScoreRun.objects.exclude(published_at=None)}
    made = set(ScoreRevision.objects.values_list("run__month", "number"))
    due = [each for each in revisions_due(runs) if each not in made]
    for month, number in due:
        revise_month(runs[month], number, now=now)
    return due


@transaction.atomic
def revise_month(run: ScoreRun, number: int, *, now: datetime) -> None:
    """Revise a published month under this number, unless that was done; `now` is its new data cut-off."""
    take_scores()
    if ScoreRevision.objects.filter(run=run, number__gte=number).exists():
        return
    known = max([run.cut_off, *run.revisions.values_list("cut_off", flat=True)])
    cases = _revise_cases(run, number, known, now) if now > known else 0
    figures = _revise_figures(run, number) if cases else 0
    ScoreRevision.objects.create(  # last: from here on the database refuses changes under this number
        run=run, number=number, cut_off=now, changed_cases=cases, changed_figures=figures
    )


def _revise_cases(run: ScoreRun, number: int, known: datetime, now: datetime) -> int:
    zone = timezone.get_default_timezone()
    month = (starts_at(run.month, zone), starts_at(next_month(run.month), zone))
    return revise_cases(run, number, known=known, cut_off=now, month=month)


def _revise_figures(run: ScoreRun, number: int) -> int:
    """Replace the figures that changed, by a count or by their place to the limits; how many by a count."""
    from anlan.flows.score_limits import limits_of  # scipy: only the nightly job needs it

    figures = list(_figures(run))
    limits = limits_of([(score.peers, score.index, share) for score, share in figures])
    replaced, fresh, changed = [], [], 0
    for (score, share), limit in zip(figures, limits.of_figures, strict=True):
        pair = (share.numerator, share.denominator)
        if (*pair, *limit) == (score.numerator, score.denominator, score.lower, score.upper, score.band):
            continue
        changed += pair != (score.numerator, score.denominator)
        replaced.append(score.pk)
        fresh.append(_fresh(score, number, share, limit))
    Score.objects.filter(pk__in=replaced).update(replaced=True)
    Score.objects.bulk_create(fresh, batch_size=2000)
    ScoreFunnel.objects.bulk_create(
        ScoreFunnel(run=run, peers=peers, index=index, target=target, curve=curve, revision=number)
        for peers, index, target, curve in limits.funnels
    )
    return changed


def _fresh(score: Score, number: int, share: Share, limit: tuple[float, float, int]) -> Score:
    lower, upper, band = limit
    return Score(
        run_id=score.run_id,
        kind=score.kind,
        code=score.code,
        path=score.path,
        index=score.index,
        version=score.version,
        numerator=share.numerator,
        denominator=share.denominator,
        lower=lower,
        upper=upper,
        peers=score.peers,
        band=band,
        revision=number,
    )


def _figures(run: ScoreRun) -> Iterator[tuple[Score, Share]]:
    """The standing figures that a revision may change, each with what its cases count now.

    A revision changes no denominator, so whoever had a figure has one, under the path of that month.
    """
    definitions = {index: each for index, each in definitions_for(run.month).items() if index in REVISED}
    of_areas = rolled_up(area_counts(run, definitions))
    of_units = rolled_up(unit_counts(run, definitions))
    for score in Score.objects.filter(run=run, index__in=list(REVISED), replaced=False).order_by("pk"):
        counts = of_units if score.kind == "unit" else of_areas
        share = counts.get((score.path, score.index))
        if share is not None:
            yield score, share
