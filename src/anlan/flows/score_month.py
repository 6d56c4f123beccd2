"""Every night: the figures of the months that are not published yet, for all areas, units and posts.

Published months are looked at again by flows/revise_scores.py.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from anlan.cases.indices import Guard, Index, Share
from anlan.flows.revise_scores import revise_months
from anlan.flows.score_counts import Counts, area_counts, rolled_up, take_scores, unit_counts
from anlan.flows.score_subjects import Subject, Subjects, subjects
from anlan.outcomes.months import is_published, month_of, months_between, next_month, starts_at
from anlan.outcomes.score_definitions import Definition, definitions_for
from anlan.store.copying import copy_rows
from anlan.store.models import CaseEvent, Score, ScoreFunnel, ScoreRun
from anlan.store.scored_cases import fill_scored_cases
from anlan.store.scored_pairs import Met, met_again

NOBODY_MET: Met = MappingProxyType({})


def score_months(*, acting_user: None, now: datetime) -> list[date]:
    """Make the figures of every month that is not published; the months, in order.

    With each month that is published, those before it are revised. Each month is a transaction of its own:
    killed in the middle, the next night goes on where it stopped.
    """
    first = _first_month(now)
    kept = set(ScoreRun.objects.exclude(published_at=None).values_list("month", flat=True))
    zone = timezone.get_default_timezone()
    months = [] if first is None else [*months_between(first, month_of(now, zone))]
    made = [month for month in months if month not in kept]
    whose = subjects()
    for month in made:
        score_month(month, now=now, whose=whose)
    revise_months(acting_user=None, now=now)
    return made


def _first_month(now: datetime) -> date | None:
    first = CaseEvent.objects.filter(step="reported").aggregate(at=Min("case__opened_at"))["at"]
    return None if first is None else month_of(min(first, now), timezone.get_default_timezone())


@transaction.atomic
def score_month(month: date, *, now: datetime, whose: Subjects | None = None) -> ScoreRun:
    """Make the figures of one month anew, unless they are published; `now` becomes the data cut-off."""
    zone = timezone.get_default_timezone()
    take_scores()
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
    write_scores(run, definitions, whose or subjects(), met_again(run))
    if is_published(month, now, zone):
        run.published_at = now  # last: from here on the database refuses changes
        run.save(update_fields=["published_at"])
    return run


def write_scores(
    run: ScoreRun, definitions: Mapping[str, Definition], whose: Subjects, met: Met = NOBODY_MET
) -> None:
    """Count, and store each figure with its interval and its limits."""
    figures = list(_figures(run, definitions, whose, met))
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
    run: ScoreRun, definitions: Mapping[str, Definition], whose: Subjects, met: Met
) -> Iterator[tuple[Subject, str, Share]]:
    by_area = rolled_up(_with_pairs(area_counts(run, definitions), met, 1))
    by_unit = rolled_up(_with_pairs(unit_counts(run, definitions), met, 0))
    for (path, index), share in by_area.items():
        if path in whose.areas:
            yield whose.areas[path], index, share
        post = whose.posts.get((definitions[index].formula.role or "", path))
        if post is not None:
            yield post, index, share
    for (path, index), share in by_unit.items():
        if path in whose.units:
            yield whose.units[path], index, share


def _with_pairs(counts: Counts, met: Met, whose: int) -> Counts:
    """The same figures, those of pairs with their bare counts; `whose` is the place of the path in a key."""
    sums: dict[str, int] = defaultdict(int)
    for paths, times in met.items():
        sums[paths[whose]] += times
    pairs = {(path, str(Guard.SAME_PEOPLE)): times for path, times in sums.items()}
    return counts | {key: Share(times, counts[key].denominator) for key, times in pairs.items()}
