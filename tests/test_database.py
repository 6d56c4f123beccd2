"""The database of the tests is the one the city runs on."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_the_tests_run_on_postgresql_18() -> None:
    assert (
        connection.cursor().execute("SELECT current_setting('server_version_num')").fetchone()[0][:2] == "18"
    )


@pytest.mark.django_db
def test_no_model_lacks_its_migration() -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)
