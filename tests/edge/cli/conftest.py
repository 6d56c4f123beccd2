"""Fixtures for tests of backup and restore."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.edge.cli import postgres
from anlan.edge.cli.postgres import Cluster
from tests.edge.cli.cities import City
from tests.migrated import migrated_cluster


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """Give a second PostgreSQL, reached by DATABASE_URL as one of the operator's own would be."""
    with (
        tempfile.TemporaryDirectory(prefix="anlan-", dir="/tmp") as folder,
        postgres.running(migrated_cluster(Path(folder))) as cluster,
    ):
        yield cluster


@pytest.fixture
def city(server: Cluster, tmp_path: Path) -> City:
    return City(server, tmp_path / "old city 老城")


@pytest.fixture
def empty(server: Cluster, tmp_path: Path) -> City:
    return City(server, tmp_path / "new city 新城")
