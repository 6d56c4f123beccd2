"""What a row of a list shows of a case, read as plain values: a list has many rows with few facts each."""

from datetime import datetime
from functools import cache
from itertools import starmap
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from anlan.store.models import Case
from anlan.store.models.cases import case_number


class CaseRow(NamedTuple):
    """One case in a list; "" and None where there is nothing."""

    pk: int
    version: int
    state: str
    stage: str
    stage_since: datetime
    due_at: datetime | None
    near_at: datetime | None  # from when on the stage is near its end
    closed_at: datetime | None
    interim_due_at: datetime | None
    interim_at: datetime | None
    opened_at: datetime
    title: str
    report_count: int
    lng: float | None
    lat: float | None
    name_zh: str  # of the category, and of its family
    name_en: str
    family_zh: str | None
    family_en: str | None
    area_name: str
    unit_name: str | None
    open_tasks: int  # of other units
    suggested_unit: str | None

    @property
    def number(self) -> str:
        """What people call it: CX-2026-018042."""
        return case_number(self.opened_at, self.pk)


_COLUMNS = (
    *("pk", "version", "state", "stage", "stage_since", "due_at", "near_at", "closed_at"),
    *("interim_due_at", "interim_at", "opened_at"),
    *("title", "report_count", "lng", "lat", "category__name_zh", "category__name_en"),
    *("category__parent__name_zh", "category__parent__name_en", "area__name", "unit__name", "open_tasks"),
)


@cache
def _facts() -> tuple[str, tuple[Any, ...]]:
    """The text that reads them of all cases, worked out once, with the values in it."""
    listed = Case.objects.order_by().values_list(*_COLUMNS, KT("route_reason__unit_name"))
    return listed.query.sql_with_params()


def case_rows(cases: QuerySet[Case]) -> list[CaseRow]:
    """The rows of `cases` in their order, in one query; they are ordered, by columns of a case alone.

    Only which cases they are is worked out anew. The database looks up names for those alone, after it put
    them in order and counted off a page.
    """
    try:
        chosen, which = cases.values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    facts, fixed = _facts()
    order = ", ".join(map(_ordered, map(str, cases.query.order_by)))
    text = f"{facts} JOIN ({chosen}) AS chosen (id) ON chosen.id = store_case.id ORDER BY {order}"
    with connection.cursor() as cursor:
        cursor.execute(text, (*fixed, *which))
        return list(starmap(CaseRow, cursor.fetchall()))


def _ordered(name: str) -> str:
    """A column to order by, such as "-opened_at", as the database says it."""
    column = "id" if name.lstrip("-") == "pk" else name.lstrip("-")
    return f"store_case.{column}{' DESC' if name.startswith('-') else ''}"
