"""Batches are stored in two threads, in their order: the rows of one are copied while those of the one before
are copied, judged, summed up and committed. So both of two processors have rows to copy when much comes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from types import TracebackType

from django.db import connection

from anlan.flows.take_readings import Stored, Turn
from anlan.sensing.rolling_up import Found, all_later

type Store = Callable[[Turn], Stored]


@dataclass
class _UnderWay:
    """A batch that is being stored, by one of the threads; `given` once the next may copy its rows, whatever
    they are."""

    thread: int
    found: Found
    given: Event = field(default_factory=Event)
    stored: Future[Stored] = field(default_factory=Future)


class Storing:
    """Two threads that store batches; the second, and its connection, are used only when much comes."""

    def __init__(self) -> None:
        self._threads = [ThreadPoolExecutor(1, name) for name in ("store", "store-next")]
        self._used: set[int] = set()
        self._newest: _UnderWay | None = None

    def begin(self, store: Store, found: Found) -> Future[Stored]:
        """Have a batch with these readings stored after those that were begun before it.

        When one of them fails, it fails too.
        """
        before = self._newest if self._newest is not None and not self._newest.stored.done() else None
        own = _UnderWay(0 if before is None else 1 - before.thread, found)
        self._used.add(own.thread)
        self._newest = own
        own.stored = self._threads[own.thread].submit(_run, store, own, before)
        return own.stored

    def give_back_connections(self) -> None:
        """Let the pool have those of the threads; a batch that comes takes one again."""
        for thread in self._used:
            self._threads[thread].submit(_close)
        self._used.clear()

    def __enter__(self) -> Storing:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.give_back_connections()
        for thread in self._threads:
            thread.shutdown()


def _close() -> None:
    connection.close()  # that of the thread it is called in


def _run(store: Store, own: _UnderWay, before: _UnderWay | None) -> Stored:
    try:
        if before is None:
            return store(Turn(own.given.set))
        # rows of one key on both connections would wait for each other: for the row here, for the turn there
        if not all_later(before.found, own.found):
            before.given.wait()
        if before.stored.done():
            before.stored.result()
            return store(Turn(own.given.set))
        return store(Turn(own.given.set, before.stored.result))
    finally:
        own.given.set()
