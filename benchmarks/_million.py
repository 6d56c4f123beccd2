"""A city of very many cases: one that was made up, each case with all that belongs to it again and again.

Rows are copied inside the database, table by table, with numbers moved on by a block and times back by some
hours; the checks of foreign keys rest meanwhile, and indexes are made anew at the end, as a restore does it.
Words are the same in each copy, so that a search finds as large a share of the cases as it did. One case in
fifty came back: a link of a recurrence leads from it to the one before it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import _city
from _figures import say

MADE = 10_000
"""Cases that are made up for real; all others are copies of them."""

IDS: Mapping[str, Mapping[str, str]] = {
    "store_case": {"id": "store_case", "merged_into_id": "store_case"},
    "store_caseevent": {"id": "store_caseevent", "case_id": "store_case"},
    "store_stageclock": {"id": "store_stageclock", "case_id": "store_case"},
    "store_report": {"id": "store_report", "case_id": "store_case"},
    "store_verification": {
        "id": "store_verification",
        "case_id": "store_case",
        "report_id": "store_report",
        "event_id": "store_caseevent",
    },
    "store_residentanswer": {"id": "store_residentanswer", "report_id": "store_report"},
    "store_publiccase": {"case_id": "store_case"},
}
"""The tables that are copied, and which of their columns hold the number of a row of which table."""

OF_COPY = "date_trunc('month', ({} - n * interval '1 hour') AT TIME ZONE 'Asia/Shanghai')::date"
NEW = {
    ("store_publiccase", "month"): OF_COPY.format("opened_at"),
    ("store_publiccase", "closed_month"): OF_COPY.format("closed_at"),
    ("store_report", "idempotency_key"): "gen_random_uuid()",
    ("store_report", "receipt_hash"): "NULL",
    ("store_report", "source_id"): "''",
    ("store_report", "source"): "''",
    ("store_case", "title"): "CASE WHEN n % 20 = 7 THEN 'Broken railing beside the pond' ELSE title END",
    ("store_case", "words"): (
        "CASE WHEN n % 20 = 7 THEN to_tsvector('simple', 'broken railing beside the pond') ELSE words END"
    ),
}
"""What columns hold in the n-th copy: values of which each is the only one; one copy in twenty is English."""

COUNT = "ALTER TABLE store_publiccase ENABLE ALWAYS TRIGGER public_added"
"""The counts of public cases follow, though checks rest."""

RETURNS = """
INSERT INTO store_returningplace (first_id, family_id, area_id, area_path, returns, last_at)
SELECT id, category_id, area_id, area_path, 1, opened_at FROM store_case
WHERE id % 50 = 1 AND lng IS NOT NULL AND state = 'closed'
"""
RECURRENCES = """
INSERT INTO store_recurrence (case_id, earlier_id, place_id, metres, days, at, undone_reason)
SELECT c.id, p.first_id, p.id, 10, 30, c.opened_at, ''
FROM store_returningplace p JOIN store_case c ON c.id = p.first_id + 1
"""
FORGET = "TRUNCATE store_scorerun CASCADE"
"""The scores of what was made up alone."""


def fill_city(home: Path, cases: int) -> None:
    """Fill the running city in `home` with `cases` cases, and make the scores of all its months."""
    _city.fill(MADE)
    sockets = sockets_of(home)
    wait_for_jobs(sockets)
    multiply(sockets, cases // MADE)
    say("scoring every month")
    subprocess.run([sys.executable, "-m", "anlan.edge.operations.score_night"], check=True)


def wait_for_jobs(sockets: Path) -> None:
    """Wait until the worker of the city has done what the city gave it."""
    import psycopg

    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND scheduled_at IS NULL"
    )
    with psycopg.connect(host=str(sockets), dbname="anlan", user="anlan", autocommit=True) as city:
        while (found := city.execute(waiting).fetchone()) is not None and found[0]:
            time.sleep(1)


def multiply(sockets: Path, copies: int) -> int:
    """Copy all cases of the city whose PostgreSQL listens in `sockets`, until each is there `copies` times.

    How many there are then. The superuser of our own PostgreSQL does it: nobody else may let checks rest.
    """
    import psycopg

    with psycopg.connect(host=str(sockets), dbname="anlan", user="postgres", autocommit=True) as city:
        city.execute("SET session_replication_role = replica")
        city.execute(COUNT)
        city.execute("SET maintenance_work_mem = '512MB'")
        city.execute("SET max_parallel_maintenance_workers = 0")
        with city.transaction(), city.cursor() as cursor:
            indexes = [text for table in IDS for text in _dropped(cursor, table)]
            copy_cases(cursor, copies)
            cursor.execute(FORGET)
            say(f"making {len(indexes)} indexes anew")
            for index in indexes:
                cursor.execute(index)
        city.execute("VACUUM ANALYZE")
        counted = "SELECT count(*), (SELECT count(*) FROM store_caseevent) FROM store_case"
        found = city.execute(counted).fetchone()
    assert found is not None
    say(f"{found[0]:,} cases, {found[1]:,} rows of history")
    return int(found[0])


def copy_cases(cursor: Any, copies: int) -> None:
    """Copy all cases with what belongs to them by a cursor of any kind, in its transaction."""
    blocks = {table: _block(cursor, table) for table, ids in IDS.items() if "id" in ids}
    for table, ids in IDS.items():
        cursor.execute(COLUMNS, [table])
        kinds = dict(cursor.fetchall())
        moved = [
            f"{name} + n * {blocks[ids[name]]}" if name in ids else _moved(table, name, kind)
            for name, kind in kinds.items()
        ]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(kinds)}) SELECT {', '.join(moved)} "
            f"FROM {table}, generate_series(1, {copies - 1}) AS n"
        )
        say(f"{table}: {cursor.rowcount:,} rows copied")
        if "id" in ids:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    for statement in (RETURNS, RECURRENCES):
        cursor.execute(statement)


COLUMNS = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"


def _moved(table: str, name: str, kind: str) -> str:
    """What a column that holds no number of a row holds in the n-th copy."""
    if kind == "timestamp with time zone":
        return f"{name} - n * interval '1 hour'"
    return NEW.get((table, name), name)


def _block(cursor: Any, table: str) -> int:
    """By how much the numbers of one copy lie above those of the one before."""
    cursor.execute(f"SELECT coalesce(max(id) - min(id), 0) + 1 FROM {table}")
    return int(cursor.fetchone()[0])


def _dropped(cursor: Any, table: str) -> list[str]:
    """Drop the indexes of a table that no constraint needs; what makes them anew."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = %s::regclass AND NOT indisunique "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [text for _, text in found]


def sockets_of(home: Path) -> Path:
    """Where the PostgreSQL of the city in `home` listens; new_home has told the environment of it."""
    assert os.environ["ANLAN_HOME"] == str(home)
    from anlan.edge.cli.installation import cluster, read_settings

    ours = cluster(read_settings())
    assert ours is not None
    return ours.sockets
