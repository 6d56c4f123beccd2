"""Who does the work: threads of this machine, an executor, or a dask client."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from os import cpu_count
from typing import Any, Protocol


class Client(Protocol):
    """What is asked of a dask client; `dask.distributed.Client` has it."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Any: ...
    def gather(self, futures: Any, /) -> Any: ...


type Workers = int | Executor | Client | None
"""A number of threads (None: as many as the machine has), a concurrent.futures executor, a dask client."""


def in_order[Part, Answer](
    function: Callable[[Part], Answer], parts: Iterable[Part], workers: Workers
) -> Iterator[Answer]:
    """function(part) for each part, in their order, whoever does it.

    For an executor of processes or a client the function and the parts must be picklable.
    """
    if isinstance(workers, Executor):
        yield from workers.map(function, parts)
    elif workers is None or isinstance(workers, int):
        with ThreadPoolExecutor(workers or cpu_count()) as pool:
            yield from pool.map(function, parts)
    else:
        futures = [workers.submit(function, part) for part in parts]
        yield from workers.gather(futures)
