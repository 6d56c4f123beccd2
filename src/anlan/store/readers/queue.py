"""Questions about many cases: the queue, my work, counts; each a fixed number of queries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from anlan.cases.duties import ACTION_OF_STAGE
from anlan.cases.terms import Stage, State
from anlan.cases.words import case_id_in, tokens_to_find
from anlan.staff.terms import Action
from anlan.store.models import Area, Case, Category, Unit
from anlan.store.models.cases import OPEN
from anlan.store.readers.case_rows import CaseRow, case_rows
from anlan.store.readers.figures import behind
from anlan.store.readers.live import mark_now
from anlan.store.readers.staff import Acting, case_scope_q, inside_q, scope_q

PAGE = 25
MOST_COUNTED = 1000
"""Cases of all times are counted so far; beyond, the planner says about how many there are."""


@dataclass(frozen=True)
class Filters:
    """What the address of a queue asks for; "" leaves a filter out."""

    view: str = "mine"
    words: str = ""
    category: str = ""
    area: str = ""
    unit: str = ""
    state: str = ""
    stage: str = ""  # what a case waits for
    older_than_days: int = 0
    site: str = ""  # the code of a site
    figure: str = ""  # the cases behind a figure of the scores, see readers/figures.py
    after: str = ""  # the cursor of the last row of the page before


@dataclass(frozen=True)
class CasePage:
    """One page of a queue, how many there are in all, and where the next begins ("" when there is none).

    `is_about`: there are more than MOST_COUNTED, and `total` is the planner's estimate in two figures.
    """

    cases: list[CaseRow]
    total: int
    first: int
    next_after: str
    counts: Mapping[str, int] = field(default_factory=dict)
    since: str = ""  # from where an open page goes on, as in readers/live.py
    is_about: bool = False


def mine_q(acting: Acting) -> Q:
    """Cases that wait for this person: each stage for those who may end it; verifiers from outside."""
    mine = Q(pk__in=[])
    for stage, action in ACTION_OF_STAGE.items():
        mine |= Q(stage=stage) & scope_q(acting, action)
    held = [membership.pk for membership in acting.memberships]
    drawn = Q(drawn_verifiers=[]) | Q(drawn_verifiers__overlap=held)
    own_work = Q(rectified_by=acting.user.pk)
    return mine & ~(Q(stage=Stage.VERIFY) & (inside_q(acting) | own_work | ~drawn))


def views(acting: Acting, now: datetime) -> dict[str, Q]:
    """The named views of a queue, in their order on the page."""
    return {
        "mine": mine_q(acting),
        "to_accept": Q(stage=Stage.ACCEPT),
        "to_dispatch": Q(stage=Stage.DISPATCH),
        "near": Q(near_at__lte=now, due_at__gt=now) & ~Q(state=State.PARKED),
        "late": Q(due_at__lte=now) & ~Q(state=State.PARKED),
        "not_safe": Q(interim_due_at__isnull=False, interim_at=None),
        "to_verify": Q(stage=Stage.VERIFY),
        "parked": Q(state=State.PARKED),
        "open": Q(),
    }


def visible(acting: Acting) -> QuerySet[Case]:
    """The cases this person may see."""
    return Case.objects.filter(case_scope_q(acting, Action.VIEW_CASE))


def narrowed(cases: QuerySet[Case], filters: Filters, now: datetime) -> QuerySet[Case]:
    """Only the cases that the filters ask for, whatever the view."""
    if filters.words:
        cases = _with_words(cases, filters.words)
    if filters.category:
        # by their keys, of which the planner knows how many cases each has
        named = Q(code=filters.category) | Q(parent__code=filters.category)
        cases = cases.filter(category__in=[*Category.objects.filter(named).values_list("pk", flat=True)])
    if filters.area:
        path = Area.objects.filter(code=filters.area).values_list("path", flat=True).first()
        cases = cases.filter(area_path__startswith=path) if path else cases.none()
    if filters.unit:
        path = Unit.objects.filter(code=filters.unit).values_list("path", flat=True).first()
        cases = cases.filter(unit_path__startswith=path) if path else cases.none()
    if filters.site:
        cases = cases.filter(site__code=filters.site)
    if filters.stage in set(Stage):
        cases = cases.filter(stage=filters.stage)
    if filters.older_than_days:
        cases = cases.filter(opened_at__lt=now - timedelta(days=filters.older_than_days))
    return cases


def queue_page(acting: Acting, filters: Filters, now: datetime) -> CasePage:
    """The page that the filters ask for, with the count of each view under the same filters.

    Open cases come by deadline, the most urgent first; with a state chosen, or among all, the newest first.
    """
    since = str(mark_now())  # before anything else is read
    cases = _filtered(acting, filters, now)
    named = views(acting, now)
    counts = cases.filter(OPEN).aggregate(
        **{name: Count("pk", filter=q) for name, q in named.items() if q} | {"open": Count("pk")}
    )
    chosen, order = _viewed(cases, filters, named)
    total, is_about = counts.get(filters.view, 0), False
    if filters.figure and order is _BY_AGE:
        total = chosen.count()  # the list behind a figure adds up
    elif order is _BY_AGE:
        total, is_about = _counted(chosen)
    page = _page(chosen, order, filters.after)
    return replace(page, total=total, is_about=is_about, counts=counts, since=since)


def _counted(cases: QuerySet[Case]) -> tuple[int, bool]:
    """How many, and whether that is an estimate."""
    ids = cases.order_by().values("pk")
    counted = ids[: MOST_COUNTED + 1].count()
    if counted <= MOST_COUNTED:
        return counted, False
    thought = int(json.loads(ids.explain(format="json"))[0]["Plan"]["Plan Rows"])
    return max(round(thought, 2 - len(str(thought))), MOST_COUNTED), True


def chosen_cases(acting: Acting, filters: Filters, now: datetime) -> QuerySet[Case]:
    """All cases that a queue with these filters goes through, in its order; the cursor is left out."""
    chosen, order = _viewed(_filtered(acting, filters, now), filters, views(acting, now))
    sign = "-" if order.descending else ""
    return chosen.order_by(f"{sign}{order.column}", f"{sign}pk")


def _filtered(acting: Acting, filters: Filters, now: datetime) -> QuerySet[Case]:
    cases = narrowed(visible(acting), filters, now)
    return cases.filter(behind(acting, filters.figure)) if filters.figure else cases


def _viewed(
    cases: QuerySet[Case], filters: Filters, named: Mapping[str, Q]
) -> "tuple[QuerySet[Case], _Order]":
    """The cases of the view, and the order in which it shows them."""
    if filters.view in named and not filters.state:
        return cases.filter(OPEN & named[filters.view]), _BY_DEADLINE
    return cases.filter(state=filters.state) if filters.state in set(State) else cases, _BY_AGE


@dataclass(frozen=True)
class _Order:
    column: str
    descending: bool


_BY_DEADLINE = _Order("due_at", descending=False)
_BY_AGE = _Order("opened_at", descending=True)


def _page(cases: QuerySet[Case], order: _Order, after: str) -> CasePage:
    """Keyset paging over (column, id); the cursor is "iso time,id,rows before"."""
    sign = "-" if order.descending else ""
    before = 0
    cursor = _cursor(after)
    if cursor is not None:
        at, pk, before = cursor
        than = "lt" if order.descending else "gt"
        cases = cases.filter(
            Q(**{f"{order.column}__{than}": at}) | Q(**{order.column: at, f"pk__{than}": pk})
        )
    rows = case_rows(
        cases.filter(**{f"{order.column}__isnull": False}).order_by(f"{sign}{order.column}", f"{sign}pk")[
            : PAGE + 1
        ]
    )
    shown = rows[:PAGE]
    more = len(rows) > PAGE
    last = shown[-1] if shown else None
    following = (
        f"{getattr(last, order.column).isoformat()},{last.pk},{before + PAGE}" if more and last else ""
    )
    return CasePage(cases=shown, total=0, first=before + 1, next_after=following)


def _cursor(text: str) -> tuple[datetime, int, int] | None:
    """The parts of a cursor; None for anything else, which shows the first page."""
    try:
        at, pk, before = text.split(",")
        cursor = datetime.fromisoformat(at), int(pk), int(before)
    except ValueError:
        return None
    return cursor if cursor[0].tzinfo is not None and cursor[1] < 2**63 else None


def _with_words(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Cases with all of the words, or the one with that number."""
    number = case_id_in(words)
    if number is not None:
        return cases.filter(pk=number)
    tokens = tokens_to_find(words)
    if not tokens:
        return cases.none()
    query = " & ".join("'" + token.replace("'", "''") + "'" for token in tokens)
    return cases.filter(
        Func(
            F("words"),
            Value(query),
            template="%(expressions)s::tsquery",
            arg_joiner=" @@ ",
            output_field=BooleanField(),
        )
    )


@dataclass(frozen=True)
class WorkPage:
    """What waits for one person: the most urgent cases of each stage, and how many there are of each."""

    since: str  # from where an open page goes on
    groups: list[tuple[Stage, int, list[CaseRow]]]
    late: int
    reviews: list[CaseRow]  # parked cases whose review date has come, the first PAGE of them
    reviews_total: int

    @property
    def total(self) -> int:
        """How many cases wait in all."""
        return sum(count for _, count, _ in self.groups)


WORK_ROWS = 60


def work_page(acting: Acting, now: datetime) -> WorkPage:
    """A person's own work; at most WORK_ROWS rows are loaded, the most urgent first."""
    since = str(mark_now())  # before anything else is read
    mine = Case.objects.filter(OPEN & mine_q(acting))
    late = Count("pk", filter=Q(due_at__lte=now))
    found = list(mine.order_by().values_list("stage").annotate(n=Count("pk"), late=late))
    counts = {stage: count for stage, count, _ in found}
    rows = _most_urgent(mine, WORK_ROWS)
    parked = Case.objects.filter(scope_q(acting, Action.PARK), state=State.PARKED, due_at__lte=now)
    return WorkPage(
        since=since,
        groups=[
            (stage, counts[stage], [case for case in rows if case.stage == stage])
            for stage in Stage
            if counts.get(stage)
        ],
        late=sum(late for _, _, late in found),
        reviews=_most_urgent(parked, PAGE),
        reviews_total=parked.count(),
    )


def _most_urgent(cases: QuerySet[Case], count: int) -> list[CaseRow]:
    return case_rows(cases.order_by("due_at", "pk")[:count])


def active_categories() -> list[Category]:
    """The categories in use, each below its family."""
    return list(in_order_of_families(Category.objects.filter(active=True).select_related("parent")))


def in_order_of_families(categories: QuerySet[Category]) -> QuerySet[Category]:
    """Each family with its categories below it."""
    return categories.order_by(
        Coalesce("parent__order", "order"), F("parent__code").asc(nulls_first=True), "order", "code"
    )
