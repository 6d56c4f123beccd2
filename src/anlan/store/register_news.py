"""News that the register of devices changed, from PostgreSQL as it happens."""

import time
from typing import Any

import psycopg
from django.db import connection

CHANNEL = "anlan_devices"
AGAIN = 5.0
LIBPQ = {"dbname", "user", "password", "host", "port"}


class RegisterNews:
    """Listens on a connection of its own; while there is none, it is tried again every few seconds."""

    def __init__(self) -> None:
        self._link: psycopg.Connection[Any] | None = None
        self._tried = -AGAIN

    def came(self) -> bool:
        """Did something change since the last look? True too when we may have missed it."""
        if self._link is None:
            return self._listen()
        try:
            return any(True for _each in self._link.notifies(timeout=0))
        except psycopg.Error:
            self.close()
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
            self.close()
            return False
        return True

    def close(self) -> None:
        """Listen no more."""
        if self._link is not None:
            self._link.close()
        self._link = None
