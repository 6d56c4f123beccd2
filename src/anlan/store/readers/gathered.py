"""Small questions that are asked together: one query, whose answer holds the rows of each of them.

The page of one thing reads a few rows of a dozen tables. Each question alone costs a way to the database and
back, and more time of the processor than the database takes to answer it. Gathered, each is a part of one
statement, written as a prepared query (see prepared.py), and all see the database at the same moment:

    ABOUT = Gathered(
        tasks=lambda: CaseTask.objects.filter(case_id=Given("case")).values_list(*TASK.names()),
        photos=lambda: Photo.objects.filter(case_id=Given("case")).values_list("pk", "made_at"),
    )
    ABOUT(case=5)["photos"]

The rows come as JSON, and times, days, spans of time and UUIDs become what Django would have made of them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Field, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_duration

from anlan.store.readers.prepared import Given, Row, columns, given_values, instance

FROM_JSON: Mapping[str, Callable[[str], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "DurationField": parse_duration,
    "UUIDField": UUID,
}
"""What is made of a value that JSON has no word for, by the kind of its column."""


class _Part(NamedTuple):
    name: str
    text: str
    values: tuple[Any, ...]
    made: list[tuple[int, Callable[[str], Any]]]  # which columns are more than JSON says


class Gathered:
    """Questions by name, asked as one; each gives plain rows. Bytes cannot be asked for.

    `locked` is a table whose rows are locked by each part that reads it, but for their keys, until the
    transaction ends; as for update, a row that somebody else holds is read as they left it.
    """

    def __init__(self, locked: str = "", /, **parts: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make, self._ending = parts, f" FOR NO KEY UPDATE OF {locked}" if locked else ""

    def __call__(self, **given: Any) -> dict[str, list[Row]]:
        """The rows of each part, in one query."""
        text, values, parts = self._worked_out
        with connection.cursor() as cursor:
            cursor.execute(text, given_values(values, given))
            found = cursor.fetchone()
        return {part.name: _rows(json.loads(rows), part) for part, rows in zip(parts, found, strict=True)}

    @cached_property
    def _worked_out(self) -> tuple[str, tuple[Any, ...], list[_Part]]:
        parts = [_worked_out(name, make(), self._ending) for name, make in self._make.items()]
        text = "SELECT " + ",\n".join(part.text for part in parts)
        return text, tuple(value for part in parts for value in part.values), parts


def _worked_out(name: str, questions: QuerySet[Any, Any], ending: str) -> _Part:
    compiler = questions.query.get_compiler(connection=connection)
    text, values = compiler.as_sql()
    fields: list[Field[Any, Any]] = [chosen[0].output_field for chosen in compiler.select]
    listed = ", ".join(f"c{place}" for place in range(len(fields)))
    rows = f"(SELECT coalesce(json_agg(part), '[]')::text FROM ({text}{ending}) AS part ({listed}))"
    kinds = [(place, FROM_JSON.get(field.get_internal_type())) for place, field in enumerate(fields)]
    return _Part(name, rows, tuple(values), [(place, made) for place, made in kinds if made])


def _rows(found: list[dict[str, Any]], part: _Part) -> list[Row]:
    """The rows of a part: objects whose values stand in the order of the columns."""
    rows = [list(each.values()) for each in found]
    for row in rows:
        for place, made in part.made:
            if row[place] is not None:
                row[place] = made(row[place])
    return list(map(tuple, rows))


def any_of(column: str, name: str) -> RawSQL:
    """Is `column`, as SQL says it, one of the values given as the list `name`?"""
    return RawSQL(f"{column} = ANY(%s)", (Given(name),), output_field=BooleanField())


class Whole[M: Model]:
    """Rows of a table as Django makes them, with the rows they point to, as `select_related` gives them.

    `without` leaves columns in the database, `only` takes no others; each name of `related` is a relation
    that leads to one row or none.
    """

    def __init__(
        self,
        model: type[M],
        *,
        without: tuple[str, ...] = (),
        only: Iterable[str] = (),
        **related: "Whole[Any]",
    ) -> None:
        self._model, self._related = model, related
        kept = frozenset(only)
        self._columns = [name for name in columns(model, without=without) if not kept or name in kept]
        self._key = self._columns.index(model._meta.pk.attname)

    def names(self, below: str = "") -> list[str]:
        """What `values_list` must ask for; `below` is the relation that leads here."""
        own = [f"{below}{name}" for name in self._columns]
        return own + [name for to, other in self._related.items() for name in other.names(f"{below}{to}__")]

    @cached_property
    def width(self) -> int:
        """How many columns there are in all."""
        return len(self.names())

    def made(self, row: Row) -> M:
        """What a row says."""
        made = instance(self._model, self._columns, row[: len(self._columns)])
        at = len(self._columns)
        for name, other in self._related.items():
            made._state.fields_cache[name] = other.made_if_any(row[at : at + other.width])
            at += other.width
        return made

    def made_if_any(self, row: Row) -> M | None:
        """The same; None for a relation that leads nowhere."""
        return None if row[self._key] is None else self.made(row)
