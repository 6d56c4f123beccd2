"""Fixtures for tests of whole cities: a second database server, installations on it, an ordinary user."""

import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from anlan.edge.cli import postgres
from anlan.edge.cli.identity import Identity, able_to_enter, own_identity
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


@pytest.fixture(scope="module")
def reachable(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let this process reach the databases of cities."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder in a place that every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="anlan-", dir="/tmp"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def ordinary(folder: Path) -> Identity:
    """Give an ordinary user who owns the folder: the one who runs the tests, or nobody when that is root.

    The packages may lie in a folder of root that is closed to others, which this user may enter and no more.
    """
    who = own_identity()
    if who.uid == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = Identity(nobody.pw_uid, nobody.pw_gid)
    able = able_to_enter(who, folder, Path(sys.executable))
    assert able is not None and able.uid != 0
    return able
