"""`$filter` as a condition of Django: the parser of `odata-query`, with the names of our columns."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import (
    ExtractDay,
    ExtractHour,
    ExtractMinute,
    ExtractMonth,
    ExtractSecond,
    ExtractYear,
    TruncDate,
    TruncTime,
)
from odata_query import ast
from odata_query.django.django_q import AstToDjangoQVisitor
from odata_query.exceptions import ODataException, UnsupportedFunctionException
from odata_query.grammar import ODATA_FUNCTIONS, ODataLexer, ODataParser

from anlan.base.errors import Refused
from anlan.sensing.observation_ids import reading_of
from anlan.store.readers.sensorthings.entities import Entity, expression

LONGEST = 2000
IDS = re.compile(r"@iot\.id\b")
TEXTS = re.compile(r"('(?:[^']|'')*')")
NOT_DONE = re.compile(
    r"\b(st_\w+|geo\.\w+|before|after|meets|during|overlaps|starts|finishes|intersects)\s*\(", re.IGNORECASE
)
ODATA_FUNCTIONS.setdefault(
    "substringof", 2
)  # of SensorThings, from OData 2; the library knows those of OData 4
PARTS_OF_TIME: dict[str, Callable[..., Combinable]] = {
    "year": ExtractYear,
    "month": ExtractMonth,
    "day": ExtractDay,
    "hour": ExtractHour,
    "minute": ExtractMinute,
    "second": ExtractSecond,
    "date": TruncDate,
    "time": TruncTime,
}


def condition(entity: Entity, text: str) -> tuple[Q, bool]:
    """What a filter keeps, and whether it walks a way to many, so that a row may come twice.

    Raises Refused("filter_wrong"), Refused("path_unknown"), Refused("not_done").
    """
    visitor = _Visitor(entity)
    found = visitor.visit(_parsed(text))
    return (found if isinstance(found, Q) else Q(found)), visitor.walks_many


def _parsed(text: str) -> Any:
    if len(text) > LONGEST:
        raise Refused("filter_wrong", text=f"{text[:40]}...")
    pieces = TEXTS.split(text)
    for piece in pieces[::2]:
        if function := NOT_DONE.search(piece):
            raise Refused("not_done", what=f"{function[1][:30]} in $filter")
    pieces[::2] = [IDS.sub("id", piece) for piece in pieces[::2]]
    try:
        return ODataParser().parse(ODataLexer().tokenize("".join(pieces)))
    except (ODataException, RecursionError):
        raise Refused("filter_wrong", text=text[:200]) from None


class _Visitor(AstToDjangoQVisitor):
    """Turns the tree into a condition; a name becomes the expression of its column."""

    def __init__(self, entity: Entity) -> None:
        super().__init__(entity.model)
        self.entity = entity
        self.walks_many = False

    def visit(self, node: Any) -> Any:
        try:
            return super().visit(node)
        except UnsupportedFunctionException as error:
            raise Refused("not_done", what=str(error)) from None
        except (ODataException, TypeError, AttributeError, NotImplementedError, ValueError):
            raise Refused("filter_wrong", text=type(node).__name__) from None

    def visit_Identifier(self, node: ast.Identifier) -> Any:  # noqa: N802  # the library's name
        return self._column(node.name)

    def visit_Attribute(self, node: ast.Attribute) -> Any:  # noqa: N802
        return self._column(_path(node))

    def visit_DateTime(self, node: ast.DateTime) -> Value:  # noqa: N802
        at: datetime = node.py_val
        return Value(at if at.tzinfo else at.replace(tzinfo=UTC))

    def visit_Compare(self, node: ast.Compare) -> Any:  # noqa: N802
        if self.entity.plural == "Observations" and _names_id(node.left):
            return _by_number(node)
        return super().visit_Compare(node)

    def visit_Call(self, node: ast.Call) -> Any:  # noqa: N802
        """Parts of a time are those of UTC, in which times are shown, wherever the city lies."""
        part = PARTS_OF_TIME.get(_path(node.func))
        return super().visit_Call(node) if part is None else part(self.visit(node.args[0]), tzinfo=UTC)

    def djangofunc_substringof(self, part: Any, whole: Any) -> Any:
        return self.djangofunc_contains(whole, part)

    def djangofunc_mindatetime(self) -> Value:
        return Value(datetime.min.replace(tzinfo=UTC))

    def djangofunc_maxdatetime(self) -> Value:
        return Value(datetime.max.replace(tzinfo=UTC))

    def djangofunc_totaloffsetminutes(self, _at: Any) -> Value:
        return Value(0)

    def visit_CollectionLambda(self, node: Any) -> Q:  # noqa: N802
        raise Refused("not_done", what="any and all in $filter")

    def _column(self, path: str) -> Combinable:
        found, many = expression(self.entity, path)
        self.walks_many |= many
        return found


def _path(node: Any) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_path(node.owner)}/{node.attr}"
    return str(node.name)


def _names_id(node: Any) -> bool:
    return isinstance(node, ast.Identifier) and node.name == "id"


BY_NUMBER: dict[type, Callable[[int, datetime, datetime], Q]] = {
    ast.Eq: lambda series, first, after: Q(series_id=series, at__gte=first, at__lt=after),
    ast.NotEq: lambda series, first, after: ~Q(series_id=series, at__gte=first, at__lt=after),
    ast.Gt: lambda series, first, after: Q(series_id__gt=series) | Q(series_id=series, at__gte=after),
    ast.GtE: lambda series, first, after: Q(series_id__gt=series) | Q(series_id=series, at__gte=first),
    ast.Lt: lambda series, first, after: Q(series_id__lt=series) | Q(series_id=series, at__lt=first),
    ast.LtE: lambda series, first, after: Q(series_id__lt=series) | Q(series_id=series, at__lt=after),
}


def _by_number(node: ast.Compare) -> Q:
    """A reading's number compared: its parts are, for no column holds it."""
    make = BY_NUMBER.get(type(node.comparator))
    if make is None or not isinstance(node.right, ast.Integer):
        raise Refused("filter_wrong", text="@iot.id")
    return make(*reading_of(node.right.py_val))
