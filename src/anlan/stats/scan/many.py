"""Several scans side by side, one for each kind of event and area, their replications on the same workers."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from os import cpu_count
from threading import Lock
from typing import Any

from anlan.stats import _arrays
from anlan.stats.scan._replications import Progress, Workers
from anlan.stats.scan.permutation import PermutationScan
from anlan.stats.scan.poisson import PoissonScan

_AT_ONCE = 16
"""So many studies are under way at a time: enough to keep the workers busy, few enough to hold in memory."""


def scan_each[S: (PoissonScan, PermutationScan)](scan: S, studies: Sequence[Sequence[Any]]) -> list[S]:
    """Fit a scan to each study: kinds of events, areas, or both.

    `studies` holds what `fit` is given, one sequence a study: (points, counts, baseline, geometry), or as
    many of these as are needed; shapes and units as there. Gives one fitted copy of `scan` a study, in order.
    The replications of all studies are spread together over `scan.workers` (threads, an executor, a dask
    client); each study has its own stream of random numbers, so the answer is the same for the same seed with
    any number of workers. `scan.progress` hears of the replications of all studies together.

    Raises ValueError, naming the study, where `fit` does.

    Source: Kulldorff (1997), as `PoissonScan`; streams: Salmon et al. (2011) "Parallel random numbers: as
    easy as 1, 2, 3", SC11, article 16 (counters).

    >>> points = [[0, 0], [1, 0], [2, 0], [9, 0], [10, 0]]
    >>> fires = [[1, 0, 1, 4], [0, 1, 0, 5], [1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 1, 1]]
    >>> crashes = fires[::-1]
    >>> studies = [(points, counts, None, "plane") for counts in (fires, crashes)]
    >>> [one.clusters_[0].members for one in scan_each(PoissonScan(window=2, rng=1), studies)]
    [[0, 1], [3, 4]]
    """
    streams = _arrays.generator(scan.rng).spawn(len(studies))
    told = _told_together(scan.progress, len(studies))
    with _shared(scan.workers) as workers, ThreadPoolExecutor(_AT_ONCE) as desks:
        copies = [copy(scan) for _ in studies]
        for one, stream, progress in zip(copies, streams, told, strict=True):
            one.rng, one.workers, one.progress = stream, workers, progress
        return list(desks.map(_fit, copies, studies, range(len(studies))))


def _fit[S: (PoissonScan, PermutationScan)](scan: S, study: Sequence[Any], at: int) -> S:
    try:
        return scan.fit(*study)
    except ValueError as error:
        raise ValueError(f"study {at}: {error}") from None


@contextmanager
def _shared(workers: Workers) -> Iterator[Workers]:
    """One set of threads for all studies, where the workers are threads."""
    if workers is None or isinstance(workers, int):
        with ThreadPoolExecutor(workers or cpu_count()) as threads:
            yield threads
    else:
        yield workers


def _told_together(progress: Progress | None, studies: int) -> list[Progress | None]:
    """For each study what it tells its progress to: the sum of all is told on."""
    if progress is None:
        return [None] * studies
    done, lock, tell = [0] * studies, Lock(), progress

    def of(study: int) -> Progress:
        def told(made: int, wanted: int) -> None:
            with lock:
                done[study] = made
                tell(sum(done), wanted * studies)

        return told

    return [of(study) for study in range(studies)]
