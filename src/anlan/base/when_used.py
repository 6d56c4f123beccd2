"""Libraries of tens of megabytes that most processes need late, or never: imported when first used.

    if TYPE_CHECKING:
        import numpy as np
    else:
        np = when_used("numpy")

A web process that reads pages, a worker that waits and an ingest that nobody sends to hold none of them.
"""

from importlib import import_module
from typing import Any


class _WhenUsed:
    """Stands for a module; what was asked for once is at hand from then on."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self.__dict__["_name"]), name)
        self.__dict__[name] = found
        return found


def when_used(name: str) -> Any:
    """The module of this name, imported when something of it is first used."""
    return _WhenUsed(name)
