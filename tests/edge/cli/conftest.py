"""Fixtures for tests of backup and restore."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.edge.cli import postgres
from anlan.edge.cli.postgres import THROWAWAY, Cluster
from tests.edge.cli.cities import City


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """Give a second PostgreSQL, reached by DATABASE_URL as one of the operator's own would be."""
    with tempfile.TemporaryDirectory(prefix="anlan-", dir="/tmp") as folder:
        place = Path(folder)
        with postgres.running(Cluster(place / "pg", place / "s", place / "log", THROWAWAY)) as cluster:
            City(cluster, place / "home", "template1", "migrated").migrate()
            yield cluster


@pytest.fixture
def city(server: Cluster, tmp_path: Path) -> City:
    return City(server, tmp_path / "old city 老城")


@pytest.fixture
def empty(server: Cluster, tmp_path: Path) -> City:
    return City(server, tmp_path / "new city 新城")
