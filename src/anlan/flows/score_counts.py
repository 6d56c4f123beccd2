"""The figures of a month counted from its cases: by paths of areas and units, rolled up over the trees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from anlan.cases.indices import Formula, Share
from anlan.flows.score_subjects import paths_above
from anlan.outcomes.score_definitions import Definition
from anlan.store.models import ScoredCase, ScoreRun
from anlan.store.readers.figures import counted_q, met_q

LOCK = 0x5C0E5
"""The advisory lock of whoever makes scores: two nights never run into one another."""

Counts = dict[tuple[str, str], Share]
"""(path, index) -> figure."""


def take_scores() -> None:
    """Let nobody else make scores until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL jit = off")  # it compiles longer than these queries run


def area_counts(run: ScoreRun, definitions: Mapping[str, Definition]) -> Counts:
    """The figures of the cases that lie in each area, without those of the areas below it; one query."""
    return _counts(run, "area_path", definitions)


def unit_counts(run: ScoreRun, definitions: Mapping[str, Definition]) -> Counts:
    """The figures that each unit holds, without the units below it; one query for each kind of holder."""
    counts: Counts = {}
    for holder in {each.formula.holder for each in definitions.values()}:
        theirs = {i: each for i, each in definitions.items() if each.formula.holder is holder}
        counts |= _counts(run, holder, theirs)
    return counts


def _counts(run: ScoreRun, column: str, definitions: Mapping[str, Definition]) -> Counts:
    """The figures of each path in `column`, one query."""
    formulas = {index: each.formula for index, each in definitions.items()}
    rows = count_figures(
        ScoredCase.objects.filter(run=run, superseded=None).exclude(**{column: ""}).values(column), formulas
    )
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
