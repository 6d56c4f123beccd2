"""A unit appeals against a case's part in an index, and a unit above it decides."""

from collections.abc import Iterable

from anlan.base.errors import Refused
from anlan.places.terms import within


def check_reason(reason: str) -> None:
    """Raise Refused("appeal_reason_missing") for an appeal or an answer that does not say why."""
    if not reason.strip():
        raise Refused("appeal_reason_missing")


def stands_above(unit_path: str, below: str) -> bool:
    """Does the unit at `unit_path` stand above, and not at, the unit at `below`?"""
    return unit_path != below and within(below, unit_path)


def check_decider(unit_path: str, decider_paths: Iterable[str]) -> None:
    """Raise Refused("decider_not_above") unless one of the decider's units stands above the appealing one."""
    if not any(stands_above(path, unit_path) for path in decider_paths):
        raise Refused("decider_not_above")
