"""Statistics of prevention: arrays in, results out.

No Django, no files, no clock, no global random state: `rng` is an argument. Every name below is imported from
its module when it is first used, so that `import anlan.stats` does not load numba, scipy or polars.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

_EXPORTS: dict[str, str] = {}
"""A public name -> its module below `anlan.stats`. One line a name, sorted by module."""

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> object:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_EXPORTS})
