"""A database for a benchmark: made, migrated, used and removed."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import _migrated

from anlan.edge.cli.postgres import ROLE, THROWAWAY, Cluster, running

DURABLE = {"max_wal_size": "512MB"}
"""PostgreSQL as it is in a city: what it said yes to is on the disk."""


@contextmanager
def database(options: Mapping[str, str] = THROWAWAY) -> Iterator[None]:
    """Hold a PostgreSQL of our own with all tables; Django speaks to it, without a pool."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-bench-", dir="/tmp"))
    cluster = Cluster(folder / "postgres", folder / "sockets", folder / "postgres.log", options)
    _migrated.put(cluster.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    try:
        with running(cluster):
            _point_django_at(cluster)
            yield
            _leave()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _point_django_at(cluster: Cluster) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(
        {
            "NAME": ROLE,
            "USER": ROLE,
            "HOST": str(cluster.sockets),
            "PORT": "",
            "PASSWORD": "",
            "OPTIONS": {},
        }
    )
    django.setup()


def _leave() -> None:
    from django.db import connections

    connections.close_all()
