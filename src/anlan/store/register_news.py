"""News that the register of devices changed, from PostgreSQL as it happens."""

import time
from threading import Lock
from typing import Any

import psycopg
from django.db import connection

CHANNEL = "anlan_devices"
AGAIN = 5.0
LIBPQ = {"dbname", "user", "password", "host", "port"}


class RegisterNews:
    """Listens on one connection for all threads of a process; while there is none, it is tried again every
    few seconds.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._link: psycopg.Connection[Any] | None = None
        self._tried = -AGAIN
        self._changes = 0

    def changes(self) -> int:
        """How often something changed so far, or may have without our hearing of it.

        Whoever gets another number than the last time has something to look at.
        """
        with self._lock:
            self._changes += self._came()
            return self._changes

    def _came(self) -> bool:
        if self._link is None:
            return self._listen()
        try:
            return any(True for _each in self._link.notifies(timeout=0))
        except psycopg.Error:
            self._end()
            return False

    def _listen(self) -> bool:
        if time.monotonic() - self._tried < AGAIN:
            return False
        self._tried = time.monotonic()
        given = connection.get_connection_params().items()
        try:
            self._link = psycopg.connect(
                **{name: value for name, value in given if name in LIBPQ}, autocommit=True
            )
            self._link.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error:
            self._end()
            return False
        return True

    def close(self) -> None:
        """Listen no more, until somebody asks again."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None
