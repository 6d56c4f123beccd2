"""A disk on which little fits: the system's own limit of the size of a file."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from unittest.mock import patch

from anlan.base.errors import Refused
from anlan.flows.redraw_photo import redraw

LITTLE = 50_000
"""Bytes of the largest file; what is printed meanwhile stays below."""


@contextmanager
def little_room() -> Iterator[None]:
    """Let this process, and those it starts meanwhile, write no file of more than `LITTLE` bytes.

    Python keeps what it compiled without looking whether all of it was written: a module first loaded here
    would be broken for every later run. So nothing compiled is kept, and the process that forks for photos,
    which does not hear of that, stands ready before.
    """
    with suppress(Refused):
        redraw(b"no photo")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with patch.dict(os.environ, PYTHONDONTWRITEBYTECODE="1"), patch.object(sys, "dont_write_bytecode", True):
        resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
