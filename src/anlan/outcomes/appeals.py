"""A unit appeals against a case's part in an index, and a unit above it decides."""

from anlan.base.errors import Refused
from anlan.places.terms import within


def check_reason(reason: str) -> None:
    """Raise Refused("appeal_reason_missing") for an appeal or an answer that does not say why."""
    if not reason.strip():
        raise Refused("appeal_reason_missing")


def stands_above(unit_path: str, below: str) -> bool:
    """Does the unit at `unit_path` stand above, and not at, the unit at `below`?"""
    return unit_path != below and within(below, unit_path)


def check_decider(unit_path: str, decider_path: str) -> None:
    """Raise Refused("decider_not_above") unless the decider's unit stands above the unit that appeals."""
    if not stands_above(decider_path, unit_path):
        raise Refused("decider_not_above")
