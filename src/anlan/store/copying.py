"""Many rows at once, by PostgreSQL's COPY."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db import connection, models
from psycopg import Cursor
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Add `rows` with these columns to the model's table in one COPY; how many that were.

    Dicts and lists become JSON. Every column of the table that may not be NULL must be given: defaults of
    Django are not those of the database.
    """
    statement = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(model._meta.db_table), SQL(", ").join(Identifier(column) for column in columns)
    )
    count = 0
    with connection.cursor() as cursor, cast("Cursor", cursor.cursor).copy(statement) as copy:
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict | list) else value for value in row])
            count += 1
    return count


def take_stock(*tables: type[models.Model]) -> None:
    """Let PostgreSQL count anew what many new rows changed; until then it may choose bad plans."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(SQL("ANALYZE {}").format(Identifier(model._meta.db_table)).as_string())


def reserve_ids(model: type[models.Model], count: int) -> int:
    """The first of `count` ids of the model's table that nobody else gets."""
    sequence = f"{model._meta.db_table}_id_seq"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(%s::regclass, (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM "
            + f'"{sequence}"'
            + ") + %s - 1)",
            [sequence, max(count, 1)],
        )
        return int(cursor.fetchone()[0]) - max(count, 1) + 1
