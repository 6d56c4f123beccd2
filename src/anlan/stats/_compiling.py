"""Compiled functions: kept on disk between processes, and announced while they are made.

Use `@compiled()` instead of `@numba.njit`. The machine code is kept beside the module, or, where that folder
is not writable, in the cache folder of the user; where neither is, it is compiled again in each process.

`@inner` marks what only compiled functions call: it becomes a part of them, which takes a fifth less time to
compile than a function that Python may call too. Room for results comes quicker from numpy, before the call:
each `np.zeros` inside is compiled as well.

What lies on the disk is made anew when the module of the function, or one that it imports, is another: numba
looks at the first alone, and would go on with what it compiled in from the others.
"""

import re
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import event
from numba.extending import register_jitable

_SAYING = (
    "anlan.stats: compiling for this machine; this happens once after installation and takes some seconds"
)
_SAYING_UNKEPT = (
    "anlan.stats: compiling for this process (no folder to keep it in: set NUMBA_CACHE_DIR to one)"
)


class _Announcer(event.Listener):
    """Says once in a process that functions of anlan.stats are being compiled."""

    def __init__(self) -> None:
        self.said = False
        self.saying = _SAYING

    def on_start(self, event: event.Event) -> None:
        module = event.data["dispatcher"].py_func.__module__
        if not self.said and module.startswith("anlan.stats."):
            self.said = True
            print(self.saying, file=sys.stderr, flush=True)

    def on_end(self, event: event.Event) -> None:
        """Nothing to say: the result follows."""


_announcer = _Announcer()
event.register("numba:compile", _announcer)  # type: ignore[no-untyped-call]


def compiled[F: Callable[..., Any]](**options: Any) -> Callable[[F], F]:
    """A decorator: compile with numba, release the interpreter's lock, keep the machine code on disk.

    `options` go to `numba.njit`. Threads may run the compiled function side by side.
    """
    options = {"nogil": True, **options}

    def decorate(function: F) -> F:
        try:
            return _kept(njit(cache=True, **options)(function))  # type: ignore[no-any-return]
        except RuntimeError:  # numba found no writable folder
            _announcer.saying = _SAYING_UNKEPT
            return njit(**options)(function)  # type: ignore[no-any-return]

    return decorate


_IMPORTS = re.compile(r"^from (anlan[\w.]*) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)
_ROOT = Path(__file__).parents[2]


def _kept(dispatcher: Any) -> Any:
    """Let the index of what is kept name all that was compiled in, where there is one (NUMBA_DISABLE_JIT)."""
    if kept := getattr(dispatcher, "_cache", None):
        kept._cache_file._source_stamp = stamp_of(Path(dispatcher.py_func.__code__.co_filename))
    return dispatcher


@cache
def stamp_of(file: Path) -> str:
    """A hash of a module's source, and of those that it imports from anlan, and they in turn."""
    sources, left = {}, [file]
    while left:
        each = left.pop()
        if each not in sources:
            sources[each], imported = _read(each)
            left += imported
    return sha256(b"".join(sources[each] for each in sorted(sources))).hexdigest()


@cache
def _read(file: Path) -> tuple[bytes, list[Path]]:
    """The source of a module, and the files of what it imports from anlan."""
    source = file.read_bytes()
    found = []
    for module, among, alone in _IMPORTS.findall(source.decode()):
        place = _ROOT.joinpath(*module.split("."))
        names = [name.split()[0] for name in (among or alone).split(",") if name.split()]
        inside = [path for name in names if (path := place / f"{name}.py").exists()]
        own = (place.with_suffix(".py"), place / "__init__.py") if len(inside) < len(names) else ()
        found += [path for path in chain(inside, own) if path.exists()]
    return source, found


def inner[F: Callable[..., Any]](function: F) -> F:
    """A decorator: a function for compiled ones to call. Python that calls it runs it as it is written."""
    return register_jitable(no_cfunc_wrapper=True)(function)
