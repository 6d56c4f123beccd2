"""One page of entities, with those that it expands: one query for each level of expansion."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.core.exceptions import FieldError
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from django.db.models import Expression, F, OrderBy, Q, QuerySet, Value

from anlan.base.errors import NotFound, Refused
from anlan.sensing.observation_ids import reading_of
from anlan.store.readers.sensorthings.entities import ENTITIES, Entity, Nav, Row, expression

MOST = 1000
USUAL = 100
EXACT_COUNT = 1_000_000
"""More readings than this are not counted one by one: the planner's estimate is told."""

LONGEST_MS = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Options:
    """What a request asks of a set of entities."""

    select: tuple[str, ...] = ()
    expand: "tuple[tuple[str, Options], ...]" = ()
    filter: str = ""
    orderby: tuple[tuple[str, bool], ...] = ()  # path, and whether it falls
    top: int | None = None
    skip: int = 0
    count: bool = False
    token: str = ""  # where the page before ended, see `token_of`
    given: tuple[tuple[str, str], ...] = ()  # as they were written, for the link to the next page


@dataclass
class Item:
    """One entity, and what was expanded with it."""

    entity: Entity
    row: Row
    expanded: "dict[str, Page | Item | None]" = field(default_factory=dict)

    @property
    def id(self) -> int:
        """Its @iot.id."""
        return self.entity.id_of(self.row)


@dataclass
class Page:
    """Some entities of a set, how many there are when that was asked for, and whether more follow."""

    entity: Entity
    items: Sequence[Item]
    options: Options
    count: int | None = None
    more: bool = False

    @property
    def next_token(self) -> str:
        """Where the next page begins, for readings in an order of their own; "" when it is found by $skip."""
        if not (self.more and _keyset(self.entity, self.options)):
            return ""
        row = self.items[-1].row
        return f"{row['series_']}.{(row['at_'] - EPOCH) // timedelta(microseconds=1)}"


@contextmanager
def limited() -> Iterator[None]:
    """A question that is wrong for the database, or takes too long for it, is the asker's to mend."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
            yield
            cursor.execute("SET LOCAL statement_timeout = 0")
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise Refused("too_costly") from None
        raise
    except (DataError, ProgrammingError, FieldError):
        raise Refused("filter_wrong", text="types") from None


def one(entity: Entity, number: int, scope: Q | None = None) -> Item:
    """The entity with this @iot.id, within `scope`. Raises NotFound."""
    row = entity.rows().filter(by_id(entity, number), scope or Q()).order_by(*entity.order).first()
    if row is None:
        raise NotFound
    return Item(entity, row)


def by_id(entity: Entity, number: int) -> Q:
    """The condition for one @iot.id."""
    if entity.plural == "Observations":
        series, first, after = reading_of(number)
        return Q(series_id=series, at__gte=first, at__lt=after)
    return Q(id=number) if number < 2**63 else Q(pk__in=())


def follow(item: Item, nav: Nav) -> Item:
    """What a way to one leads to. Raises NotFound."""
    target = ENTITIES[nav.target]
    row = target.rows().filter(nav.match(item.row)).first()
    if row is None:
        raise NotFound
    return Item(target, row)


def page_of(entity: Entity, options: Options, scope: Q | None = None) -> Page:
    """A page of a set of entities, with what it expands."""
    found = _narrowed(entity, options).filter(scope or Q())
    count = _count(entity, found) if options.count else None
    found = _ordered(entity, _after(entity, found, options), options)
    top = min(USUAL if options.top is None else options.top, MOST)
    skip = 0 if options.token else options.skip
    rows = list(found[skip : skip + top + 1]) if top else []
    page = Page(entity, [Item(entity, row) for row in rows[:top]], options, count, len(rows) > top)
    expand(page.items, options)
    return page


def expand(items: Sequence[Item], options: Options) -> None:
    """Bring in what the options expand, for all items at once."""
    if not items:
        return
    for name, inner in options.expand:
        nav = items[0].entity.navs.get(name)
        if nav is None:
            raise Refused("path_unknown", path=name)
        (_expand_many if nav.many else _expand_one)(items, name, nav, inner)


def _expand_one(items: Sequence[Item], name: str, nav: Nav, options: Options) -> None:
    target = ENTITIES[nav.target]
    rows = target.rows().filter(id__in={item.row[nav.key] for item in items})
    found = {row["id_"]: Item(target, row) for row in rows}
    expand(list(found.values()), options)
    for item in items:
        item.expanded[name] = found.get(item.row[nav.key])


def _expand_many(items: Sequence[Item], name: str, nav: Nav, options: Options) -> None:
    """One statement: the page of each item's own, put together."""
    target = ENTITIES[nav.target]
    top = min(USUAL if options.top is None else options.top, MOST)
    base = _narrowed(target, options)
    pages = [Page(target, [], options) for _ in items]
    slices = [
        _ordered(target, base.filter(nav.match(item.row)).annotate(of_=Value(place)), options)[
            options.skip : options.skip + top + 1
        ]
        for place, item in enumerate(items)
    ]
    rows: Iterable[Row] = slices[0].union(*slices[1:], all=True) if len(slices) > 1 else slices[0]
    of: dict[int, list[Item]] = {}
    for row in rows if top else ():
        of.setdefault(row["of_"], []).append(Item(target, row))
    for place, page in enumerate(pages):
        found = of.get(place, [])
        page.items, page.more = found[:top], len(found) > top
    if options.count:
        for item, page in zip(items, pages, strict=True):
            page.count = _count(target, base.filter(nav.match(item.row)))
    expand([each for page in pages for each in page.items], options)
    for item, page in zip(items, pages, strict=True):
        item.expanded[name] = page


def _narrowed(entity: Entity, options: Options) -> "QuerySet[Any, Row]":
    rows = entity.rows()
    if not options.filter:
        return rows
    from anlan.store.readers.sensorthings.filters import condition  # a parser that few cities ever need

    kept, many = condition(entity, options.filter)
    try:
        if many:
            kept = Q(pk__in=entity.model._default_manager.filter(kept).values("pk"))
        return rows.filter(kept)
    except TypeError:  # Django's word for a filter that is neither true nor false, such as a name alone
        raise Refused("filter_wrong", text=options.filter[:200]) from None


def _ordered(entity: Entity, rows: "QuerySet[Any, Row]", options: Options) -> "QuerySet[Any, Row]":
    """In the order asked for, and by the key where that leaves it open."""
    order: list[OrderBy | str] = []
    for path, falls in options.orderby:
        if path in ("id", "@iot.id") and entity.plural == "Observations":
            order += [OrderBy(F(column), descending=falls) for column in entity.order]
            continue
        column, many = expression(entity, path)
        if many:
            raise Refused("not_done", what=f"$orderby through {path}")
        order.append(OrderBy(cast("Expression", column), descending=falls))
    return rows.order_by(*order, *entity.order)


def _keyset(entity: Entity, options: Options) -> bool:
    """Are the pages in an order that a page can go on from without counting off what came before?"""
    paths = [path for path, _ in options.orderby]
    return entity.plural == "Observations" and paths in ([], ["phenomenonTime"], ["resultTime"])


def _after(entity: Entity, rows: "QuerySet[Any, Row]", options: Options) -> "QuerySet[Any, Row]":
    if not options.token or not _keyset(entity, options):
        return rows
    series_text, _, micros = options.token.partition(".")
    try:
        series, at = int(series_text), EPOCH + timedelta(microseconds=int(micros))
    except (ValueError, OverflowError):
        raise Refused("option_wrong", option="$skiptoken") from None
    if not options.orderby:
        return rows.filter(Q(series_id__gt=series) | Q(series_id=series, at__gt=at))
    if options.orderby[0][1]:
        return rows.filter(Q(at__lt=at) | Q(at=at, series_id__gt=series), at__lte=at)
    return rows.filter(Q(at__gt=at) | Q(at=at, series_id__gt=series), at__gte=at)


def _count(entity: Entity, rows: "QuerySet[Any, Row]") -> int:
    """How many there are; of very many readings, about how many."""
    if entity.plural == "Observations":
        plan = rows.order_by().explain(format="json")
        about = int(_plan_rows(plan))
        if about > EXACT_COUNT:
            return about
    return rows.order_by().count()


def _plan_rows(plan: str) -> float:
    return float(json.loads(plan)[0]["Plan"]["Plan Rows"])
