"""The figures of an area, unit or post: as they stand, a month before, and as they were published first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from anlan.cases.indices import Guard, Index, Share
from anlan.outcomes.score_definitions import Definition, definitions_for
from anlan.store.models import Score, ScoreRevision, ScoreRun
from anlan.store.readers.figures import Figure


@dataclass(frozen=True)
class Earlier:
    """A figure as it was published before a revision changed it, with the way to its list."""

    share: Share
    figure: Figure


@dataclass(frozen=True)
class Line:
    """One index of one subject; `score` None is "no data"."""

    definition: Definition
    score: Score | None
    before: Score | None  # the month before
    figure: Figure
    earlier: tuple[Earlier, ...] = ()  # what a revision replaced since, the first one first

    @property
    def share(self) -> Share:
        """The figure."""
        return share_of(self.score)


def share_of(score: Score | None) -> Share:
    """A stored figure; without a row there is no data."""
    return Share(score.numerator, score.denominator) if score else Share(0, 0)


def lines_of(run: ScoreRun, kind: str, code: str, indices: type[Index] | type[Guard]) -> list[Line]:
    """The figures of a subject for each index, "no data" too; three queries."""
    rows, before = _scores(run, kind, code), _scores(_run_before(run), kind, code)
    definitions = definitions_for(run.month)
    figures = {index: Figure(run.month, index, kind, code) for index in indices}
    return [
        Line(
            definitions[index],
            _standing(rows[index]),
            _standing(before[index]),
            figure,
            tuple(_earlier(rows[index], figure)),
        )
        for index, figure in figures.items()
    ]


def revisions_of(run: ScoreRun) -> list[ScoreRevision]:
    """How often the month was looked at again; one query."""
    return list(ScoreRevision.objects.filter(run=run).order_by("number"))


def _run_before(run: ScoreRun) -> ScoreRun | None:
    return ScoreRun.objects.filter(month__lt=run.month).order_by("-month").first()


def _scores(run: ScoreRun | None, kind: str, code: str) -> dict[str, list[Score]]:
    """All figures of a subject in a month by their index, replaced ones too, the oldest first."""
    found: dict[str, list[Score]] = defaultdict(list)
    for row in Score.objects.filter(run=run, kind=kind, code=code).order_by("pk") if run else ():
        found[row.index].append(row)
    return found


def _standing(rows: Iterable[Score]) -> Score | None:
    return next((row for row in rows if not row.replaced), None)


def _earlier(rows: Iterable[Score], figure: Figure) -> Iterator[Earlier]:
    """What was published under each earlier number, where a later one has other counts.

    Of the figures of one number the first was published; an accepted appeal replaced it by the others.
    """
    numbers: dict[int, Score] = {}
    for row in rows:
        numbers.setdefault(row.revision, row)
    for row, later in pairwise(numbers.values()):
        if share_of(row) != share_of(later):
            yield Earlier(share_of(row), replace(figure, revision=row.revision))
