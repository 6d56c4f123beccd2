"""Every night: the figures of the months that are not published yet, for all areas, units and posts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from anlan.cases.indices import Formula, Index, Share
from anlan.flows.score_subjects import Subject, Subjects, paths_above, subjects
from anlan.outcomes.months import is_published, month_of, months_between, next_month, starts_at
from anlan.outcomes.score_definitions import Definition, definitions_for
from anlan.store.copying import copy_rows
from anlan.store.models import (
    CaseEvent,
    Score,
    ScoredCase,
    ScoreFunnel,
    ScoreRun,
)
from anlan.store.readers.figures import counted_q, met_q
from anlan.store.scored_cases import fill_scored_cases

LOCK = 0x5C0E5
"""The advisory lock of whoever makes scores: two nights never run into one another."""

Counts = dict[tuple[str, str], Share]
"""(path, index) -> figure."""


def score_months(*, acting_user: None, now: datetime) -> list[date]:
    """Make the figures of every month that is not published; the months, in order.

    Each month is a transaction of its own: killed in the middle, the next night goes on where it stopped.
    """
    first = _first_month(now)
    kept = set(ScoreRun.objects.exclude(published_at=None).values_list("month", flat=True))
    zone = timezone.get_default_timezone()
    months = [] if first is None else [*months_between(first, month_of(now, zone))]
    made = [month for month in months if month not in kept]
    whose = subjects()
    for month in made:
        score_month(month, now=now, whose=whose)
    return made


def _first_month(now: datetime) -> date | None:
    first = CaseEvent.objects.filter(step="reported").aggregate(at=Min("case__opened_at"))["at"]
    return None if first is None else month_of(min(first, now), timezone.get_default_timezone())


@transaction.atomic
def score_month(month: date, *, now: datetime, whose: Subjects | None = None) -> ScoreRun:
    """Make the figures of one month anew, unless they are published; `now` becomes the data cut-off."""
    zone = timezone.get_default_timezone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL jit = off")  # it compiles longer than these queries run
    run, _ = ScoreRun.objects.get_or_create(month=month, defaults={"cut_off": now, "made_at": now})
    if run.published_at is not None:
        return run
    definitions = definitions_for(month)
    run.cut_off, run.made_at = now, now
    run.versions = {index: each.version for index, each in definitions.items()}
    run.save()
    run.scores.all().delete()
    run.funnels.all().delete()
    fill_scored_cases(run, starts_at(month, zone), starts_at(next_month(month), zone))
    write_scores(run, definitions, whose or subjects())
    if is_published(month, now, zone):
        run.published_at = now  # last: from here on the database refuses changes
        run.save(update_fields=["published_at"])
    return run


def write_scores(run: ScoreRun, definitions: Mapping[str, Definition], whose: Subjects) -> None:
    """Count, and store each figure with its interval and its limits."""
    figures = list(_figures(run, definitions, whose))
    from anlan.flows.score_limits import limits_of  # scipy: only the nightly job needs it

    limits = limits_of(
        [(s.peers if index in set(Index) else "", index, share) for s, index, share in figures]
    )
    copy_rows(
        Score,
        (
            *("run_id", "kind", "code", "path", "index", "version", "numerator", "denominator"),
            *("lower", "upper", "peers", "band", "replaced"),
        ),
        (
            (
                *(run.pk, subject.kind, subject.code, subject.path, index, definitions[index].version),
                *(share.numerator, share.denominator, lower, upper),
                *(subject.peers if index in set(Index) else "", band, False),
            )
            for (subject, index, share), (lower, upper, band) in zip(figures, limits.of_figures, strict=True)
        ),
    )
    ScoreFunnel.objects.bulk_create(
        ScoreFunnel(run=run, peers=peers, index=index, target=target, curve=curve)
        for peers, index, target, curve in limits.funnels
    )


def _figures(
    run: ScoreRun, definitions: Mapping[str, Definition], whose: Subjects
) -> Iterator[tuple[Subject, str, Share]]:
    by_area = rolled_up(_counts(run, "area_path", definitions))
    by_unit = rolled_up(_unit_counts(run, definitions))
    for (path, index), share in by_area.items():
        if path in whose.areas:
            yield whose.areas[path], index, share
        post = whose.posts.get((definitions[index].formula.role or "", path))
        if post is not None:
            yield post, index, share
    for (path, index), share in by_unit.items():
        if path in whose.units:
            yield whose.units[path], index, share


def _unit_counts(run: ScoreRun, definitions: Mapping[str, Definition]) -> Counts:
    counts: Counts = {}
    for holder in {each.formula.holder for each in definitions.values()}:
        theirs = {i: each for i, each in definitions.items() if each.formula.holder is holder}
        counts |= _counts(run, holder, theirs)
    return counts


def _counts(run: ScoreRun, column: str, definitions: Mapping[str, Definition]) -> Counts:
    """The figures of each path in `column`, one query."""
    formulas = {index: each.formula for index, each in definitions.items()}
    rows = count_figures(ScoredCase.objects.filter(run=run).exclude(**{column: ""}).values(column), formulas)
    return {
        (row[column], index): Share(row[f"met_{index}"], row[f"counted_{index}"])
        for row in rows
        for index in formulas
        if row[f"counted_{index}"]
    }


def count_figures(
    rows: QuerySet[ScoredCase, dict[str, object]], formulas: Mapping[str, Formula]
) -> Iterable[dict[str, Any]]:
    """Rows of grouped cases with `counted_...` and `met_...` of each index."""
    counts = {
        f"counted_{index}": Count("pk", filter=counted_q(index, each)) for index, each in formulas.items()
    }
    counts |= {f"met_{index}": Count("pk", filter=met_q(index, each)) for index, each in formulas.items()}
    return rows.annotate(**counts)


def rolled_up(counts: Counts) -> Counts:
    """The figures of each path with those of all paths below it."""
    sums: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (path, index), share in counts.items():
        for root in paths_above(path):
            n, d = sums[root, index]
            sums[root, index] = n + share.numerator, d + share.denominator
    return {key: Share(*pair) for key, pair in sums.items()}
