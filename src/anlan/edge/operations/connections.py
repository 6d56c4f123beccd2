"""Connections to the database that a process which mostly waits need not hold."""

from typing import Any

QUICKLY = 1.0
"""Seconds after which a connection that nobody used is closed, one at a time: behind each stands a process of
PostgreSQL. Pages come in bursts and keep theirs longer; who works by the clock takes new ones."""


def give_back_quickly(settings: Any) -> None:
    """Say so before the first connection is made."""
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool")
    if pool:
        pool["max_idle"] = QUICKLY
