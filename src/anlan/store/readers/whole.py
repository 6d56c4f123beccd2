"""The database as a whole: what a backup writes down and a restore checks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

# The text of a row depends on these; they must be the same when a backup is made and when it is checked.
ONE_WAY_OF_WRITING = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'"
)


@contextmanager
def one_moment() -> Iterator[str]:
    """Hold one view of all tables while others go on writing.

    Yields:
        The name under which pg_dump sees the same view.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def contents(names: Iterable[str]) -> dict[str, list[int | str]]:
    """Return for each table its number of rows and a sum over the hashes of its rows, whatever their order.

    One query a table.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ONE_WAY_OF_WRITING)
        return {table: _content(table) for table in names}


def bytes_of_tables() -> dict[str, int]:
    """Return how much each table takes on the disk of the server. One query."""
    query = (
        "SELECT c.relname, pg_table_size(c.oid) FROM pg_class c "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    return {name: int(size) for name, size in _rows(query)}


def tables() -> list[str]:
    """Return the names of all tables."""
    return sorted(connection.introspection.table_names())


def photo_ids() -> list[UUID]:
    """Return the ids of all photos that are not erased, by plain SQL: the table may be of another release.

    Those of reports that wait for a person are among them: no case has them yet.
    """
    query = "SELECT id FROM store_photo p WHERE to_jsonb(p) ->> 'erased_at' IS NULL"
    if "store_heldreport" in tables():
        query += " UNION SELECT unnest(pictures) FROM store_heldreport"
    return [UUID(str(row[0])) for row in _rows(query + " ORDER BY 1")]


def covered_ids() -> list[UUID]:
    """Return the ids under which the public sees photos, by plain SQL; none before a release knew such."""
    if "store_publicphoto" not in tables():
        return []
    query = (
        "SELECT covered_id FROM store_publicphoto c JOIN store_photo p ON p.id = c.photo_id "
        "WHERE covered_id IS NOT NULL AND to_jsonb(p) ->> 'erased_at' IS NULL ORDER BY covered_id"
    )
    return [UUID(str(row[0])) for row in _rows(query)]


def applied_migrations() -> list[str]:
    """Return the migrations that the database has, such as `store.0001_initial`."""
    query = "SELECT app, name FROM django_migrations ORDER BY app, name"
    return [f"{app}.{name}" for app, name in _rows(query)]


def known_migrations() -> set[str]:
    """Return the migrations that this release has, by the names of their files."""
    return {
        f"{app.label}.{file.name}"
        for app in apps.get_app_configs()
        for file in iter_modules([str(Path(app.path) / "migrations")])
    }


def is_untouched() -> bool:
    """Whether nobody has put anything in: no tables yet, or no area and no member of staff."""
    if "store_area" not in tables():
        return True
    query = "SELECT EXISTS (SELECT FROM store_area) OR EXISTS (SELECT FROM store_user)"
    return not _rows(query)[0][0]


def drop_everything() -> None:
    """Leave a database without a single table, and without the mark of a restore."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA public CASCADE; CREATE SCHEMA public; {_NO_MARK}")


def begin_restore(photos: str) -> None:
    """Leave a database without a single table, marked until `end_restore` as half restored.

    The mark names the folder that the photos go to. It lies beside the tables of the city, where no archive
    and no comparison reaches it, so it outlives a restore that is killed at any moment.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        drop_everything()
        cursor.execute("CREATE SCHEMA restore_begun")
        cursor.execute("CREATE TABLE restore_begun.place AS SELECT %s::text AS photos", [photos])


def count_rows(names: Iterable[str]) -> None:
    """Let PostgreSQL look at the rows of each table: until it has, it chooses bad plans for large ones."""
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f'ANALYZE "{table}"')


def end_restore() -> None:
    """Take the mark away: database and photos are whole."""
    with connection.cursor() as cursor:
        cursor.execute(_NO_MARK)


def restore_begun() -> str | None:
    """Return the folder of photos of a restore that never came to its end; None where there is none."""
    if not _rows("SELECT to_regclass('restore_begun.place') IS NOT NULL")[0][0]:
        return None
    return str(_rows("SELECT photos FROM restore_begun.place")[0][0])


_NO_MARK = "DROP SCHEMA IF EXISTS restore_begun CASCADE"


def _content(table: str) -> list[int | str]:
    name = connection.ops.quote_name(table)
    query = f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {name} t"
    return list(_rows(query)[0])


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
