"""A disk on which little fits: the system's own limit of the size of a file."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

LITTLE = 50_000
"""Bytes of the largest file; what is printed meanwhile stays below."""


@contextmanager
def little_room() -> Iterator[None]:
    """Let this process write no file of more than `LITTLE` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
