"""One condition for each figure, for the count and for the list of the cases behind it alike."""

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, DateField, Exists, OuterRef, Q, QuerySet

from anlan.cases.indices import Formula, Guard, Holder, Index
from anlan.outcomes.score_definitions import definition_for
from anlan.staff.terms import Action, Placed, Spot
from anlan.store.models import Area, Score, ScoreAppeal, ScoredCase, ScoreRevision, ScoreRun, Unit
from anlan.store.readers.prepared import Given, Prepared
from anlan.store.readers.staff import NOTHING, Acting

KINDS = ("area", "unit", "post")
PARTS = ("counted", "met", "missed")


def counted_q(index: str, formula: Formula) -> Q:
    """The denominator: cases with all counted facts that no appeal left out."""
    return _facts_q(formula) & ~Q(left_out__contains=[index])


def met_q(index: str, formula: Formula) -> Q:
    """The numerator: counted, and with the one fact more; no case where the numerator is a bare count."""
    return counted_q(index, formula) & _met_q(formula)


def _facts_q(formula: Formula) -> Q:
    return Q(**dict.fromkeys(formula.counted, True)) if formula.counted else Q()


def _met_q(formula: Formula) -> Q:
    return Q(**{formula.met: True}) if formula.met else NOTHING


def _part_q(formula: Formula, part: str) -> Q:
    """ "met", or "missed" (counted and not met); of a bare count nobody can tell which cases they are."""
    if part == "counted":
        return Q()
    if part == "met":
        return _met_q(formula)
    return Q(**{formula.met: False}) if formula.met else NOTHING


@dataclass(frozen=True)
class Figure:
    """Which figure: month, index, and whose; `part` is "met", "missed" or "counted".

    With a `revision`, the figure as it was published under this number (0: at first); without, as it is now.
    """

    month: date
    index: str
    kind: str
    code: str
    part: str = "counted"
    revision: int | None = None

    def __str__(self) -> str:
        """As it stands in an address."""
        revision = () if self.revision is None else (f"r{self.revision}",)
        return "~".join((f"{self.month:%Y-%m}", self.index, self.kind, self.code, self.part, *revision))


def figure_of(text: str) -> Figure | None:
    """The figure that an address names; None for anything else."""
    parts = text.split("~")
    revision = re.fullmatch(r"r(\d{1,2})", parts.pop(5), re.ASCII) if len(parts) == 6 else None
    if len(parts) != 5 or parts[1] not in {*Index, *Guard} or parts[2] not in KINDS:
        return None
    if (text.count("~") == 5) is (revision is None) or parts[4] not in PARTS:
        return None
    try:
        month = date.fromisoformat(f"{parts[0]}-01")
    except ValueError:
        return None
    index, kind, code, part = parts[1:]
    return Figure(month, index, kind, code, part, int(revision[1]) if revision else None)


def scored_cases(figure: Figure) -> QuerySet[ScoredCase]:
    """The cases behind a figure; they add up to it."""
    formula = definition_for(index_of(figure.index), figure.month).formula
    rows = ScoredCase.objects.filter(
        whose_q(figure, formula.holder),
        _facts_q(formula),
        _part_q(formula, figure.part),
        run__month=figure.month,
    )
    if figure.revision is None:
        return rows.filter(superseded=None).exclude(left_out__contains=[figure.index])
    return _as_published(rows, figure, figure.revision)


def index_of(code: str) -> Index | Guard:
    """The index or guard of this code."""
    return Index(code) if code in set(Index) else Guard(code)


def _as_published(rows: QuerySet[ScoredCase], figure: Figure, revision: int) -> QuerySet[ScoredCase]:
    """The rows as they stood when the month was published under this number, before later appeals."""
    known = ScoreRevision.objects.filter(run__month=figure.month, number=revision)
    at = (
        known.values_list("cut_off", flat=True).first()
        if revision
        else ScoreRun.objects.filter(month=figure.month).values_list("published_at", flat=True).first()
    )
    if at is None:
        return rows.none()
    left_out = ScoreAppeal.objects.filter(
        run=OuterRef("run"), case=OuterRef("case"), index=figure.index, accepted=True, decided_at__lte=at
    )
    standing = Q(superseded=None) | Q(superseded__gt=revision)
    return rows.filter(standing, ~Exists(left_out), revision__lte=revision)


def whose_q(figure: Figure, holder: Holder) -> Q:
    """Cases of the area, or whose holder is the unit or one below it, by the path of the figure.

    A unit or area that was moved since has another path today; the cases of that month keep theirs.
    """
    path = path_then(figure)
    if path is None:
        return NOTHING
    column = str(holder) if figure.kind == "unit" else "area_path"
    return Q(**{f"{column}__startswith": path})


_WORDS = ("kind", "code", "index")
_PATH_THEN = Prepared(
    lambda: (
        Score.objects.filter(
            run__month=Given("month", DateField()), **{name: Given(name, CharField()) for name in _WORDS}
        )
        .order_by("replaced", "pk")
        .values_list("path")[:1]
    )
)


def path_then(figure: Figure) -> str | None:
    """The path of the area or unit when the figure was made; None where there is no such figure.

    That of the figure which stands, else of one that was replaced.
    """
    found = _PATH_THEN(month=figure.month, kind=figure.kind, code=figure.code, index=figure.index)
    return found[0][0] if found else None


def cases_behind(figure: Figure) -> Q:
    """The condition on cases that keeps those behind a figure."""
    return Q(pk__in=scored_cases(figure).values("case_id"))


def placed(figure: Figure) -> Placed | None:
    """Where the area or unit of a figure lies, for the table of permissions; None when there is none."""
    code = figure.code.rpartition(":")[2]
    if figure.kind == "unit":
        unit = Unit.objects.filter(code=code).only("path", "area_path").first()
        return Spot(unit.area_path, unit.path) if unit else None
    path = Area.objects.filter(code=code).values_list("path", flat=True).first()
    return Spot(path) if path else None


def behind(acting: Acting, address: str) -> Q:
    """The condition on cases that an address asks for; nothing where the figure is not theirs to see."""
    figure = figure_of(address)
    place = placed(figure) if figure else None
    if figure is None or place is None or not acting.may(Action.VIEW_SCORES, place):
        return NOTHING
    return cases_behind(figure)
