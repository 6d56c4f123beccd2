"""Many data sets as chance would make them, each with the best ratio found anywhere in it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from os import cpu_count
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.stats.scan._circles import Circles
from anlan.stats.scan._draws import PermutationDraws, PoissonDraws, by_place, stream
from anlan.stats.scan._every import walk_circles
from anlan.stats.scan._walk import blocks_of, walk_prospective, walk_retrospective
from anlan.stats.scan.terms import Floats, Integers

_BATCH = 64
_MOST_LIMITS = 8_000_000
"""A batch keeps one number for each replication and count: at most so many."""


class Client(Protocol):
    """What is asked of a dask client; `dask.distributed.Client` has it."""

    def scatter(self, data: Any, /, *, broadcast: bool) -> Any: ...
    def submit(self, function: Callable[..., Any], /, *args: Any) -> Any: ...
    def gather(self, futures: Any, /) -> Any: ...


type Workers = int | Executor | Client | None
type Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Null:
    """All that a worker needs to make replications and look for their best ratio.

    `expected` is (kinds, n, periods) of the scanned periods; `totals` counts the events of the whole study.
    """

    circles: Circles
    expected: Floats
    totals: Floats
    draws: tuple[PoissonDraws | PermutationDraws, ...]
    key: NDArray[np.uint64]
    prospective: bool
    window: int
    high: bool
    least: int

    def maxima(self, begin: int, end: int) -> Floats:
        """The best ratio of each of the replications `begin` to `end`, the last not included."""
        if self.high and len(self.draws) == 1 and self._events_are_fewer():
            return self._by_events(begin, end)
        return np.array([self._by_days(replication) for replication in range(begin, end)])

    @property
    def batch(self) -> int:
        """How many replications are walked side by side."""
        return int(np.clip(_MOST_LIMITS // max(1.0, self.totals.sum()), 1, _BATCH))

    def _events_are_fewer(self) -> bool:
        """Whether walking events is quicker than walking days; a rough guess, the answer is the same."""
        periods = self.expected.shape[2]
        ends = self.circles.first[1:]
        full = np.diff(self.circles.first)
        by_place = self.expected[0].sum(axis=1)
        held = np.concatenate([[0.0], np.cumsum(by_place[self.circles.order])])
        events = float(np.mean(held[ends] - held[ends - full]))
        circles = min(float(np.mean(full)), events)
        days = min(events, periods)
        windows = days * (1 if self.prospective else max(1.0, days * min(1.0, self.window / periods)))
        return bool(events * (60 + events) < circles * (2 * periods + 5 * windows))

    def _by_events(self, begin: int, end: int) -> Floats:
        events = [self.draws[0].events(stream(self.key, at, 0)) for at in range(begin, end)]
        sizes = [places.size for places, _ in events]
        places = np.concatenate([places for places, _ in events])
        n, periods = self.expected.shape[1:]
        times = np.concatenate([times for _, times in events]).astype(_small(periods))
        which = np.repeat(np.arange(end - begin, dtype=np.int32), sizes)
        starts, owners, periods_of = by_place(places, which, times, n)
        most = max(1, *sizes)
        job: list[Any] = [self.circles.order, self.circles.first, self.circles.finished, self.expected[0]]
        job += [starts, owners, periods_of, end - begin, most, self.totals[0], self.least]
        if self.prospective:
            return walk_prospective(*job)
        job += [self.window, blocks_of(end - begin, periods, most)]
        return walk_retrospective(*job)

    def _by_days(self, replication: int) -> float:
        shape = self.expected.shape[1:]
        counts = np.stack(
            [draw.counts(stream(self.key, replication, kind), shape) for kind, draw in enumerate(self.draws)]
        )
        return float(self.walk(counts, only_best=True)[0].max(initial=0.0))

    def walk(self, counts: Integers, only_best: bool) -> tuple[Floats, Integers, Integers]:
        """The best window of every circle for `counts` (kinds, n, periods of the scan)."""
        return walk_circles(
            self.circles.order,
            self.circles.first,
            self.circles.finished,
            before(counts),
            before(self.expected),
            self.totals,
            self.prospective,
            self.window,
            self.high,
            self.least,
            only_best,
        )


def before[T: (Integers, Floats)](values: T) -> T:
    """(kinds, n, periods + 1): the sum of the periods before each."""
    sums = np.zeros((*values.shape[:2], values.shape[2] + 1), values.dtype)
    np.cumsum(values, axis=2, out=sums[:, :, 1:])
    return sums


def _small(periods: int) -> type[np.signedinteger[Any]]:
    return np.int16 if periods < 2**15 else np.int32


def maxima(
    null: Null,
    replications: int,
    workers: Workers,
    enough: Callable[[Floats], bool],
    progress: Progress | None,
) -> Floats:
    """The best ratio of each replication in order, up to the batch after which `enough` is true.

    Each replication has its own stream of random numbers, so neither batches nor workers change the answer.
    """
    spans = [(at, min(at + null.batch, replications)) for at in range(0, replications, null.batch)]
    found = np.empty(0)
    for batch in _in_order(null, spans, workers):
        found = np.concatenate([found, batch])
        if progress is not None:
            progress(found.size, replications)
        if enough(found):
            break
    return found


def _run(null: Null, span: tuple[int, int]) -> Floats:
    return null.maxima(*span)


def _in_order(null: Null, spans: list[tuple[int, int]], workers: Workers) -> Iterator[Floats]:
    if isinstance(workers, Executor):
        yield from workers.map(partial(_run, null), spans)
    elif workers is None or isinstance(workers, int):
        yield from _in_threads(null, spans, workers or cpu_count() or 1)
    else:
        yield from _on_client(null, spans, workers)


def _in_threads(null: Null, spans: Iterable[tuple[int, int]], threads: int) -> Iterator[Floats]:
    """Two batches a thread are under way at a time, so that stopping early wastes little."""
    waiting = iter(spans)
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(_run, null, span) for span in islice(waiting, 2 * threads)]
        try:
            while running:
                yield running.pop(0).result()
                running += [pool.submit(_run, null, span) for span in islice(waiting, 1)]
        finally:
            for future in running:
                future.cancel()


def _on_client(null: Null, spans: list[tuple[int, int]], client: Client) -> Iterator[Floats]:
    shared = client.scatter(null, broadcast=True)
    futures = [client.submit(_run, shared, span) for span in spans]
    for future in futures:
        yield client.gather(future)
