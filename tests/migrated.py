"""A PostgreSQL with all tables, made once for each state of the migrations and copied by all that need one.

Migrating takes longer than most files of tests; a copy of what came of it takes a moment. Besides the tests,
the cities that they run and the small benchmarks begin with one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from anlan.edge.cli.postgres import ROLE, THROWAWAY, Cluster, running

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "postgres"
NAME = f"test_{ROLE}"
"""The migrated database, by the name that Django gives a database of tests; ROLE is another one like it."""


def migrated_cluster(folder: Path) -> Cluster:
    """A cluster in `folder`, not started, whose databases have all tables and the rows of migrations."""
    put(folder / "postgres")
    return Cluster(folder / "postgres", folder / "sockets", folder / "postgres.log", THROWAWAY)


def migrated_home(home: Path) -> Path:
    """The home of a city that was set up before, and in which nothing is yet."""
    home.mkdir(parents=True)
    put(home / "postgres")
    return home


def put(data: Path) -> None:
    """Copy the kept cluster to `data`."""
    with _alone():
        kept = KEPT / _state()
        if not kept.exists():
            _make(kept)
        shutil.copytree(kept, data, copy_function=shutil.copy2)
    _own(data, kept)


def address_of(cluster: Cluster) -> str:
    """The address of the migrated database."""
    return f"postgresql://{ROLE}@/{NAME}?host={cluster.sockets}"


def _state() -> str:
    """What the tables depend on: migrations, ours and of the packages, and the PostgreSQL that holds them."""
    files = [
        Path(__file__),
        ROOT / "requirements.lock",
        *sorted((ROOT / "src/anlan/store/migrations").glob("*.py")),
    ]
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]


def _make(kept: Path) -> None:
    """Migrate a fresh cluster, and keep its folder once it is stopped and whole."""
    shutil.rmtree(KEPT, ignore_errors=True)  # those of earlier states
    KEPT.mkdir(parents=True)
    place = Path(tempfile.mkdtemp(prefix="anlan-made-", dir="/tmp"))
    try:
        place.chmod(0o711)  # the user who runs PostgreSQL must pass
        with running(Cluster(place / "postgres", place / "s", place / "log", THROWAWAY)) as cluster:
            address = f"postgresql://{ROLE}@/{ROLE}?host={cluster.sockets}"
            given = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "anlan.config.settings"}
            subprocess.run([sys.executable, "-m", "tests.migrated"], cwd=ROOT, env=given, check=True)
            _copy(cluster)
        shutil.copytree(place / "postgres", kept.with_suffix(".new"))
        _own(kept.with_suffix(".new"), place / "postgres")
        kept.with_suffix(".new").rename(kept)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _copy(cluster: Cluster) -> None:
    """Make the database of a city like that of the tests."""
    with psycopg.connect(
        host=str(cluster.sockets), user=ROLE, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"DROP DATABASE {ROLE}".encode())
        connection.execute(f"CREATE DATABASE {ROLE} TEMPLATE {NAME}".encode())


def _own(folder: Path, like: Path) -> None:
    """Give a copied folder and all in it to the user to whom the first belongs."""
    owner = like.stat()
    if os.geteuid() == 0:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes or copies."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with (KEPT.parent / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Make the database of tests beside the one that the environment names."""
    import django
    from django.db import connection

    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


if __name__ == "__main__":
    main()
