"""Which areas an address in words may mean."""

from collections.abc import Iterable
from typing import Protocol

SUFFIXES = ("社区", "街道", "村", "镇", "乡", "县", "市", "区")
"""What people leave out when they say a name; the longer ones first."""


class NamedArea(Protocol):
    """An area with its name and its path of codes."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...


def short_name(name: str) -> str:
    """The name as people say it, at least two characters: 荻花村 -> 荻花."""
    bare = next((name.removesuffix(each) for each in SUFFIXES if name.endswith(each)), name)
    return bare if len(bare) > 1 else name


def is_named(name: str, address: str) -> bool:
    """Does the address say the name, in full or short?"""
    return short_name(name) in address


def meant[A: NamedArea](address: str, areas: Iterable[A]) -> list[A]:
    """The areas that the address may mean, out of all that could be: one when it is clear.

    Names repeat, so a name counts for more when the address also names what lies above: of two 渡头村,
    the one below 柳埠镇 is meant by "柳埠镇渡头村". An area whose lower part is named is not meant itself.
    """
    named = {area.path: area for area in areas if is_named(area.name, address)}
    above = {path: sum(1 for other in named if path != other and path.startswith(other)) for path in named}
    most = max(above.values(), default=0)
    return [named[path] for path in sorted(named) if above[path] == most]
