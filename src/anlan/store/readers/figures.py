"""One condition for each figure, for the count and for the list of the cases behind it alike."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from anlan.cases.indices import Formula, Guard, Holder, Index
from anlan.outcomes.score_definitions import definition_for
from anlan.staff.terms import Action, Placed, Spot
from anlan.store.models import Area, ScoredCase, Unit
from anlan.store.readers.staff import NOTHING, Acting

KINDS = ("area", "unit", "post")


def counted_q(index: str, formula: Formula) -> Q:
    """The denominator: cases with all counted facts that no appeal left out."""
    counted = Q(**dict.fromkeys(formula.counted, True)) if formula.counted else Q()
    return counted & ~Q(left_out__contains=[index])


def met_q(index: str, formula: Formula) -> Q:
    """The numerator: counted, and with the one fact more."""
    return counted_q(index, formula) & Q(**{formula.met: True})


@dataclass(frozen=True)
class Figure:
    """Which figure: month, index, and whose; `part` is "met", "missed" or "counted"."""

    month: date
    index: str
    kind: str
    code: str
    part: str = "counted"

    def __str__(self) -> str:
        """As it stands in an address."""
        return "~".join((f"{self.month:%Y-%m}", self.index, self.kind, self.code, self.part))


def figure_of(text: str) -> Figure | None:
    """The figure that an address names; None for anything else."""
    parts = text.split("~")
    if len(parts) != 5 or parts[1] not in {*Index, *Guard} or parts[2] not in KINDS:
        return None
    try:
        month = date.fromisoformat(f"{parts[0]}-01")
    except ValueError:
        return None
    return Figure(month, *parts[1:]) if parts[4] in ("met", "missed", "counted") else None


def scored_cases(figure: Figure) -> QuerySet[ScoredCase]:
    """The cases behind a figure; they add up to it."""
    formula = definition_for(
        Index(figure.index) if figure.index in set(Index) else Guard(figure.index), figure.month
    ).formula
    counted, met = counted_q(figure.index, formula), met_q(figure.index, formula)
    part = {"counted": counted, "met": met, "missed": counted & ~Q(**{formula.met: True})}[figure.part]
    return ScoredCase.objects.filter(whose_q(figure, formula.holder), part, run__month=figure.month)


def whose_q(figure: Figure, holder: Holder) -> Q:
    """Cases of the area, or whose holder is the unit or one below it, by the paths of that month."""
    code = figure.code.rpartition(":")[2]
    if figure.kind == "unit":
        path = Unit.objects.filter(code=code).values_list("path", flat=True).first()
        return Q(**{f"{holder}__startswith": path}) if path else NOTHING
    path = Area.objects.filter(code=code).values_list("path", flat=True).first()
    return Q(area_path__startswith=path) if path else NOTHING


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
