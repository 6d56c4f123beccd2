"""Count the queries of a request or a job, and name the slow ones by the function that asked."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connection

log = logging.getLogger("anlan.queries")

NAMED = ("anlan.store.readers.", "anlan.flows.", "anlan.edge.")
"""Where the name of a query is looked for: the reader, else the flow, else the edge it was asked from."""


@dataclass
class Count:
    """How many queries were asked, and their time together."""

    queries: int = 0
    milliseconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run one query of Django's connection."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._note((time.perf_counter() - began) * 1000)

    def _note(self, milliseconds: float) -> None:
        self.queries += 1
        self.milliseconds += milliseconds
        if milliseconds > settings.ANLAN_SLOW_QUERY_MS:
            facts = {"query": name_of(sys._getframe(1)), "ms": round(milliseconds, 1)}
            log.warning("slow query", extra={"facts": facts})


@contextmanager
def counted() -> Iterator[Count]:
    """Count what this thread asks of the database."""
    count = Count()
    with connection.execute_wrapper(count):
        yield count


def name_of(frame: FrameType | None) -> str:
    """Return the function that asked, such as `store.readers.cases.queue`; the outermost reader counts."""
    seen = list(_functions(frame))
    for house in NAMED:
        names = [name for name in seen if name.startswith(house)]
        if names:
            return names[-1].removeprefix("anlan.")
    return "unnamed"


def _functions(frame: FrameType | None) -> Iterator[str]:
    """Walk from the innermost function outwards."""
    while frame is not None:
        yield f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_name}"
        frame = frame.f_back
