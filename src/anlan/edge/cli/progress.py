"""How far a long command is and how long it still takes: a bar on a terminal's error stream, else nothing."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from rich.progress import Progress

Advance = Callable[[float], None]
"""Takes how much more of the whole is done."""


@contextmanager
def bar(words: str, total: float | None) -> Iterator[Advance]:
    """Show a bar under `words` until the block ends; `total` None: nobody knows how much it is."""
    with _progress() as progress:
        task = progress.add_task(words, total=total)
        yield lambda more: progress.advance(task, more)


def tracked[T](items: Iterable[T], words: str, total: float | None) -> Iterator[T]:
    """`items` one by one, each a step of the bar."""
    with bar(words, total) as advance:
        for item in items:
            yield item
            advance(1)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file that is read from its beginning to its end, under a bar with its name."""
    with _progress() as progress, progress.open(path, "rb", description=path.name) as file:
        yield file


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
