"""The tree of units: where a unit may stand, and what its path becomes."""

import re

from anlan.base.errors import Refused
from anlan.places.terms import within

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
LONGEST_PATH = 200


def check_code(code: str) -> None:
    """Raise Refused("unit_code_wrong") for a code that cannot stand in a path."""
    if not CODE.fullmatch(code):
        raise Refused("unit_code_wrong", code=code)


def path_below(parent_path: str, code: str) -> str:
    """The path of the unit with `code` below a parent; "" for none above.

    Raises Refused("tree_too_deep").
    """
    path = f"{parent_path}{code}."
    if len(path) > LONGEST_PATH:
        raise Refused("tree_too_deep", longest=LONGEST_PATH)
    return path


def check_move(path: str, parent_path: str, deepest_path: str) -> str:
    """The new path of a unit at `path` that moves below `parent_path`; `deepest_path` is the longest in it.

    Raises Refused("unit_below_itself") or Refused("tree_too_deep").
    """
    if parent_path and within(parent_path, path):
        raise Refused("unit_below_itself")
    code = path.rstrip(".").rpartition(".")[2]
    moved = path_below(parent_path, code)
    path_below(moved, deepest_path[len(path) :].rstrip("."))
    return moved


def check_area(unit_area: str, parent_area: str) -> None:
    """Raise Refused("unit_outside_parent") unless a unit works inside the area of the unit above it.

    Whoever may act for a unit may act for those below it: so no unit reaches out of its parent's area.
    """
    if parent_area and not within(unit_area, parent_area):
        raise Refused("unit_outside_parent")
