"""Many data sets as chance would make them, each with the best ratio found anywhere in it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from os import cpu_count
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.stats.scan._bands import bands_anywhere, bands_to_the_end
from anlan.stats.scan._circles import Circles
from anlan.stats.scan._draws import PermutationDraws, PoissonDraws, by_cell, stream
from anlan.stats.scan._every import walk_circles
from anlan.stats.scan._needs import bin_floors, small_whole_numbers
from anlan.stats.scan._walk import Ground, best_ratios
from anlan.stats.scan.terms import Floats, Integers

_MOST_CELLS = 32_000_000
"""A batch counts events by place, band and replication: about so many numbers."""

_MOST_QUICK = 2**31
"""The quick walk reads the events of a cell as 32 bits; more go the plain way."""


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
        if self._quick:
            return self._by_events(begin, end)
        return np.array([self._by_days(replication) for replication in range(begin, end)])

    @property
    def batch(self) -> int:
        """How many replications are walked side by side."""
        if not self._quick:
            return 8
        n, bands = self.expected.shape[1], len(self._ground.bands)
        return int(np.clip(_MOST_CELLS // (n * bands) // 32 * 32, 8, 256))

    @property
    def _quick(self) -> bool:
        return self.high and len(self.draws) == 1 and self.totals[0] < _MOST_QUICK

    @cached_property
    def _ground(self) -> Ground:
        n, periods = self.expected.shape[1:]
        most = max(1, _MOST_CELLS // (8 * n))
        bands = bands_to_the_end(periods) if self.prospective else bands_anywhere(periods, self.window, most)
        return Ground.of(self.expected[0], bands, bin_floors(float(self.totals[0]), self._most))

    @cached_property
    def _most(self) -> float:
        """What the largest circle expects."""
        held = np.append(0.0, np.cumsum(self.expected[0].sum(axis=1)[self.circles.order]))
        return float(np.diff(held[self.circles.first]).max())

    def _by_events(self, begin: int, end: int) -> Floats:
        ground, shape = self._ground, self.expected.shape[1:]
        size, n = end - begin, shape[0]
        cells = [self.draws[0].cells(stream(self.key, at, 0), shape) for at in range(begin, end)]
        places, periods, numbers = (np.concatenate(column) for column in zip(*cells, strict=True))
        owners = np.repeat(np.arange(size, dtype=np.int32), [one[0].size for one in cells])
        return best_ratios(
            self.circles,
            ground,
            by_cell(places, owners, periods.astype(np.int32), numbers.astype(np.int32), n, size),
            small_whole_numbers(self._most),
            size,
            float(self.totals[0]),
            self.least,
            self.prospective,
            self.window,
        )

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
