"""What the pages of scores show: figures with all that belongs to them, and who stands beside whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from anlan.base.errors import NotFound
from anlan.cases.indices import FORMULAS, Guard, Index, Share
from anlan.outcomes.league import Group, grouped
from anlan.outcomes.score_definitions import Definition, definitions_for
from anlan.staff.terms import Action, Role, Spot
from anlan.store.models import Area, Score, ScoreAppeal, ScoreFunnel, ScoreRevision, ScoreRun, Unit
from anlan.store.readers.figures import Figure, scored_cases
from anlan.store.readers.score_lines import Line, lines_of, revisions_of, share_of
from anlan.store.readers.staff import Acting, scope_q


@dataclass(frozen=True)
class Standing:
    """A line of a league table."""

    code: str
    name: str
    score: Score | None
    figure: Figure

    @property
    def share(self) -> Share:
        """The figure."""
        return share_of(self.score)

    @property
    def band(self) -> int | None:
        """Where it lies to the limits; None without data."""
        return self.score.band if self.score else None


@dataclass(frozen=True)
class League:
    """Peers beside one another for one index, with the funnel around their pooled share."""

    definition: Definition
    groups: list[Group[Standing]]
    funnel: ScoreFunnel | None

    @property
    def standings(self) -> list[Standing]:
        """All lines."""
        return [line for group in self.groups for line in group.lines]


@dataclass(frozen=True)
class ScorePage:
    """The figures of one area or unit in one month."""

    kind: str
    subject: Area | Unit
    run: ScoreRun
    months: list[date]
    lines: list[Line]
    guards: list[Line]
    revisions: list[ScoreRevision]
    leagues: list[League] = field(default_factory=list)
    posts: Mapping[str, list[Line]] = field(default_factory=dict)
    appeals: list[ScoreAppeal] = field(default_factory=list)
    above: list[tuple[str, str]] = field(default_factory=list)
    below: list[tuple[str, str]] = field(default_factory=list)


def first_scores(acting: Acting) -> tuple[str, str]:
    """Kind and code of the figures that a person sees first; raises NotFound for whoever sees none."""
    for membership in acting.memberships:
        if acting.may(Action.VIEW_SCORES, Spot(membership.area_path)):
            return "area", membership.area.code
        if acting.may(Action.VIEW_SCORES, Spot(membership.area_path, membership.unit_path)):
            return "unit", membership.unit.code
    raise NotFound


def month_wanted(words: str) -> date | None:
    """The month that "2026-10" names; None for anything else."""
    try:
        return date.fromisoformat(f"{words}-01")
    except ValueError:
        return None


def _run(wanted: date | None) -> tuple[ScoreRun | None, list[date]]:
    months = list(ScoreRun.objects.order_by("-month").values_list("month", flat=True))
    chosen = wanted if wanted in months else (months[0] if months else None)
    return (ScoreRun.objects.get(month=chosen) if chosen else None), months


def area_scores(acting: Acting, code: str, wanted: date | None, index: str) -> ScorePage | None:
    """The figures of an area, the areas below it and its units of each kind; None before the first night.

    Raises NotFound for an area that is not theirs to see.
    """
    area = Area.objects.filter(code=code).defer("boundary").first()
    if area is None or not acting.may(Action.VIEW_SCORES, Spot(area.path)):
        raise NotFound
    run, months = _run(wanted)
    if run is None:
        return None
    below = list(Area.objects.filter(parent=area, in_use=True).order_by("code").values_list("code", "name"))
    units = _units_beside(area)
    kinds = dict(units.order_by("kind").values_list("kind", "kind"))
    chosen = definitions_for(run.month)[index if index in set(Index) else Index.ON_TIME]
    tables = [_league(run, chosen, "area", f"area:{area.path}", dict(below))] if below else []
    county = ".".join(area.path.rstrip(".").split(".")[:2])
    for kind in kinds:
        named = dict(units.filter(kind=kind).values_list("code", "name"))
        tables.append(_league(run, chosen, "unit", f"unit:{kind}:{county}.", named))
    return ScorePage(
        kind="area",
        subject=area,
        run=run,
        months=months,
        lines=lines_of(run, "area", area.code, Index),
        guards=lines_of(run, "area", area.code, Guard),
        revisions=revisions_of(run),
        leagues=[table for table in tables if len(table.standings) > 1],
        posts=_posts(run, area),
        above=_above(acting, area),
        below=below,
    )


def _units_beside(area: Area) -> QuerySet[Unit]:
    """The units of one county or below; of the city only its own, for it has thousands."""
    units = Unit.objects.filter(active=True)
    if area.parent_id is None:
        return units.filter(area=area)
    return units.filter(area_path__startswith=area.path)


def unit_scores(acting: Acting, code: str, wanted: date | None) -> ScorePage | None:
    """The figures of a unit, and the appeals of it and the units below; None before the first night.

    Raises NotFound for a unit that is not theirs to see.
    """
    unit = Unit.objects.select_related("area").defer("area__boundary").filter(code=code).first()
    if unit is None or not acting.may(Action.VIEW_SCORES, Spot(unit.area_path, unit.path)):
        raise NotFound
    run, months = _run(wanted)
    if run is None:
        return None
    return ScorePage(
        kind="unit",
        subject=unit,
        run=run,
        months=months,
        lines=lines_of(run, "unit", unit.code, Index),
        guards=lines_of(run, "unit", unit.code, Guard),
        revisions=revisions_of(run),
        appeals=list(
            ScoreAppeal.objects.filter(run=run, unit_path__startswith=unit.path)
            .select_related("case", "unit")
            .order_by("-made_at")
        ),
        below=list(
            Unit.objects.filter(parent=unit, active=True).order_by("name").values_list("code", "name")
        ),
    )


def _posts(run: ScoreRun, area: Area) -> dict[str, list[Line]]:
    """The figures of each post of the area; a post with too few people has none."""
    rows = Score.objects.filter(run=run, kind="post", code__endswith=f":{area.code}", replaced=False)
    definitions, found = definitions_for(run.month), {row.index: row for row in rows}
    posts: dict[str, list[Line]] = {}
    for index in Index:
        role = FORMULAS[index].role
        if role and index in found:
            figure = Figure(run.month, index, "post", f"{role}:{area.code}")
            posts.setdefault(Role(role), []).append(Line(definitions[index], found[index], None, figure))
    return posts


def _league(run: ScoreRun, definition: Definition, kind: str, peers: str, named: Mapping[str, str]) -> League:
    rows = Score.objects.filter(
        run=run, kind=kind, code__in=list(named), index=definition.index, replaced=False
    )
    found = {row.code: row for row in rows}
    lines = (
        Standing(code, name, found.get(code), Figure(run.month, definition.index, kind, code))
        for code, name in named.items()
    )
    funnels = ScoreFunnel.objects.filter(run=run, peers=peers, index=definition.index)
    funnel = funnels.order_by("-revision").first()
    return League(definition, grouped(lines, definition.formula.better), funnel)


def _above(acting: Acting, area: Area) -> list[tuple[str, str]]:
    """The areas above that this person sees, from the top."""
    codes = area.path.rstrip(".").split(".")[:-1]
    rows = Area.objects.filter(code__in=codes).order_by("path").values_list("code", "name", "path")
    return [(code, name) for code, name, path in rows if acting.may(Action.VIEW_SCORES, Spot(path))]


def unit_shares(run: ScoreRun, area_path: str) -> list[tuple[str, str, dict[Index, Share]]]:
    """Code, name and figures of each active unit of an area, by name."""
    units = Unit.objects.filter(area_path__startswith=area_path, active=True).order_by("name", "code")
    named = dict(units.values_list("code", "name")[:500])
    shares: dict[str, dict[Index, Share]] = {code: {} for code in named}
    rows = Score.objects.filter(run=run, kind="unit", code__in=list(named), replaced=False)
    for row in rows.filter(index__in=list(Index)):
        shares[row.code][Index(row.index)] = share_of(row)
    return [(code, name, shares[code]) for code, name in named.items()]


@dataclass(frozen=True)
class FigureNote:
    """Which figure a queue lists the cases of, and how many there are in all and for this person."""

    figure: Figure
    definition: Definition
    name: str
    total: int
    seen: int


def figure_note(acting: Acting, figure: Figure) -> FigureNote:
    """What a queue says above the cases behind a figure."""
    definition = definitions_for(figure.month)[figure.index]
    table: type[Area] | type[Unit] = Unit if figure.kind == "unit" else Area
    code = figure.code.rpartition(":")[2]
    name = table.objects.filter(code=code).values_list("name", flat=True).first() or code
    rows = scored_cases(figure)
    mine = scope_q(acting, Action.VIEW_CASE, area="case__area_path", unit="case__unit_path")
    return FigureNote(figure, definition, name, rows.count(), rows.filter(mine).count())
