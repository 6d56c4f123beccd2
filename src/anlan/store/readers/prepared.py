"""Queries that every page asks: Django works each out once, and from then on only its values are new.

Making a query of Django's objects costs more processor time than the database takes to answer a small one.
A prepared query is written as any other, with `Given` where a value comes later:

    MINE = Prepared(lambda: Notice.objects.filter(user_id=Given("user")).values_list("pk"))
    MINE(user=5)

What is kept is the text of the query; rows are read anew each time. A change that every step of a case makes
is prepared alike:

    SEEN = PreparedUpdate(lambda: Notice.objects.filter(pk=Given("notice")), seen_by=Given("user"))
    SEEN(notice=5, user=7)
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, cast

from django.db import connection
from django.db.models import BigIntegerField, Field, Model, QuerySet, Value
from django.db.models.sql import UpdateQuery

type Row = tuple[Any, ...]


class Given(Value):
    """A value that is given when the query is asked; `field` says what kind, a whole number unless told."""

    def __init__(self, name: str, field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(None, output_field=field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A place in the text, and this in the list of its values."""
        return "%s", [self]


class Prepared:
    """A query by what makes it, asked with its values; it gives plain rows.

    Only for columns that the database's driver reads as they are: numbers, words, times, yes and no.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make = make

    def __call__(self, **given: Any) -> list[Row]:
        """The rows, in one query."""
        text, values = self._worked_out
        with connection.cursor() as cursor:
            cursor.execute(text, given_values(values, given))
            rows: list[Row] = cursor.fetchall()
        return rows

    @cached_property
    def _worked_out(self) -> tuple[str, tuple[Any, ...]]:
        return self._make().query.sql_with_params()


class PreparedUpdate:
    """A change of rows, by the query that finds them and what their columns become.

    The rows are found by columns of their own table alone.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], **columns: Any) -> None:
        self._make, self._columns = make, columns

    def __call__(self, **given: Any) -> int:
        """Change them, in one query."""
        text, values = self._worked_out
        with connection.cursor() as cursor:
            cursor.execute(text, given_values(values, given))
            changed: int = cursor.rowcount
        return changed

    @cached_property
    def _worked_out(self) -> tuple[str, tuple[Any, ...]]:
        change = cast(UpdateQuery, self._make().query.chain(UpdateQuery))
        change.add_update_values(self._columns)
        text, values = change.get_compiler(connection=connection).as_sql()
        return text, tuple(values)


def given_values(values: Iterable[Any], given: Mapping[str, Any]) -> list[Any]:
    """The values of a query, with those that were given now in their places."""
    return [given[one.name] if isinstance(one, Given) else one for one in values]


def columns(model: type[Model], *, below: str = "", without: tuple[str, ...] = ()) -> list[str]:
    """The names of all columns of a table but those `without`, for `values_list`; `below` a relation."""
    names = (field.attname for field in model._meta.concrete_fields if field.attname not in without)
    return [f"{below}__{name}" if below else name for name in names]


def instance[M: Model](model: type[M], names: list[str], row: Row) -> M:
    """The row of a table as Django would have made it; `names` are its columns, in the order of the row."""
    return model.from_db(connection.alias, names, row)
