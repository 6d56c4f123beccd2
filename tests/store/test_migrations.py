"""Migrations of the store are one chain: each follows the one before, and nothing lacks one."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

FOLDER = Path(__file__).parents[2] / "src" / "anlan" / "store" / "migrations"


def test_each_migration_follows_the_one_before() -> None:
    loaded = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    names = sorted(path.stem for path in FOLDER.glob("[0-9]*.py") if not loaded["store", path.stem].replaces)
    before = [
        [parent for app, parent in loaded["store", name].dependencies if app == "store"] for name in names
    ]

    assert before == [[], *([name] for name in names[:-1])]
    assert [int(re.match(r"\d+", name)[0]) for name in names] == list(range(1, len(names) + 1))  # type: ignore[index]


def test_a_database_that_begins_is_brought_at_once_to_where_the_first_of_the_chain_bring_it() -> None:
    names = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
    loaded = MigrationLoader(None, ignore_no_migrations=True)
    (at_once,) = (name for name in names if loaded.disk_migrations["store", name].replaces)
    chain = [("store", name) for name in names if name != at_once]

    replaced = loaded.disk_migrations["store", at_once].replaces
    assert replaced == chain[: len(replaced)]
    assert [key for key in loaded.graph.nodes if key[0] == "store"] == [
        ("store", at_once),
        *chain[len(replaced) :],
    ]


@pytest.mark.django_db
def test_every_change_of_the_tables_has_its_migration() -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)
