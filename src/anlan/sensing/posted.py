"""Readings as an HTTP client posts them: rows of JSON, each told apart from those that are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from anlan.base.clock import micros
from anlan.sensing.terms import QuarantineReason


@dataclass(frozen=True, slots=True)
class Posted:
    """A row: what it is of, when (microseconds since 1970), its value; or why no reading is in it.

    `unit` is "" when none was given.
    """

    device: str
    property: str
    at: int = 0
    value: float = 0.0
    unit: str = ""
    wrong: QuarantineReason | None = None
    field: str = ""

    def name(self) -> bytes:
        """`DEVICE.PROPERTY`."""
        return f"{self.device}.{self.property}".encode(errors="replace")


def read_row(row: object, sender: str) -> Posted:
    """Read `{"property", "t", "v"}`, with `device` when it is not the sender's own, and `unit` at will."""
    if not isinstance(row, Mapping):
        return Posted(sender, "", wrong=QuarantineReason.MALFORMED, field="row")
    device, code = row.get("device", sender), row.get("property")
    if not _is_name(device):
        return Posted(sender, "", wrong=QuarantineReason.MALFORMED, field="device")
    if not _is_name(code):
        return Posted(device, "", wrong=QuarantineReason.MALFORMED, field="property")
    return _measured(row, device, code)


def _is_name(text: object) -> TypeGuard[str]:
    """A name, or nearly; half signs of JSON (`\\ud800`) are no text that can be kept."""
    return isinstance(text, str) and text != "" and text.isprintable()


def _measured(row: Mapping[str, object], device: str, code: str) -> Posted:
    value, unit, said = row.get("v"), row.get("unit", ""), row.get("t")
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        moment = None
    if moment is None:
        return Posted(device, code, wrong=QuarantineReason.MALFORMED, field="t")
    if moment.tzinfo is None:
        return Posted(device, code, wrong=QuarantineReason.NO_ZONE, field="t")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Posted(device, code, wrong=QuarantineReason.NOT_A_NUMBER, field="v")
    if not isinstance(unit, str) or not unit.isprintable():
        return Posted(device, code, wrong=QuarantineReason.WRONG_UNIT, field="unit")
    try:
        return Posted(device, code, micros(moment), float(value), unit)
    except OverflowError:
        return Posted(device, code, wrong=QuarantineReason.NOT_A_NUMBER, field="v")
