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
from uuid import uuid4

from anlan.edge.cli.postgres import ROLE, THROWAWAY, Cluster, running

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "postgres"


def migrated_cluster(folder: Path) -> Cluster:
    """A cluster in `folder`, not started, whose database has all tables and the rows of migrations."""
    put(folder / "postgres")
    return cluster_in(folder)


def cluster_in(folder: Path) -> Cluster:
    """The cluster whose data were put in `folder`."""
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
        _spread(data.parent)
        fresh = data.with_name(f"{data.name}-{uuid4()}")  # where it lies depends on its name
        _copy(kept, fresh)
        fresh.rename(data)
        _spread(data / "base")  # a folder for each database


def address_of(cluster: Cluster) -> str:
    """The address of the migrated database."""
    return f"postgresql://{ROLE}@/{ROLE}?host={cluster.sockets}"


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
        _copy(place / "postgres", kept.with_suffix(".new"))
        kept.with_suffix(".new").rename(kept)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _copy(folder: Path, to: Path) -> None:
    """Copy a folder of thousands of files, owners included."""
    subprocess.run(["cp", "-a", folder, to], check=True)


def _spread(folder: Path) -> None:
    """Have folders that are made in `folder` lie far from each other on the disk, where that can be said.

    Else they lie where other tests removed thousands of files a moment ago, and ext4 without a journal passes
    over each of those again for each file that is made: a copy took ten times as long.
    """
    if chattr := shutil.which("chattr"):
        subprocess.run([chattr, "+T", folder], check=False, capture_output=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes or copies."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with (KEPT.parent / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Migrate the database that the environment names."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
