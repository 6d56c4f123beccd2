"""A process of its own at the database of a test, and how to know what it waits for."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]
WITHIN = 60.0
"""Seconds after which a process that should have come to a point has failed to."""
BETWEEN = 0.02
"""Seconds between two looks, so that looking takes nothing from the process that is waited for."""


@contextmanager
def process_beside(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of the tests at the database of this test; killed in the end."""
    at = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "anlan.config.settings",
        "DATABASE_URL": f"postgresql://{at['USER']}@/{at['NAME']}?host={at['HOST']}",
        "ANLAN_HOME": str(settings.ANLAN_HOME),
        "ANLAN_SECRET_KEY": "a key for a process of a test, known to everybody",
    }
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def asked(sql: str, *values: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [number for (number,) in cursor.fetchall()]


def waiting_backend(process: subprocess.Popen[bytes]) -> int:
    """The backend of the process, once it waits for a lock."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and process.poll() is None:
        if found := asked("SELECT pid FROM pg_locks WHERE NOT granted"):
            return found[0]
        time.sleep(BETWEEN)
    pytest.fail(f"the process did not come to the locked case (exit {process.poll()})")


def wait_until_gone(backend: int) -> None:
    until = time.monotonic() + WITHIN
    while asked("SELECT pid FROM pg_stat_activity WHERE pid = %s", backend):
        assert time.monotonic() < until, "the backend of a dead process stays"
        time.sleep(BETWEEN)
