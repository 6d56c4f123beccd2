"""`anlan replay FILE.csv`: readings of a file, sent to the broker as if a device sent them, only faster."""

import csv
import json
import math
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _

MOST_SAID = 100
PIECE = 1.0
"""Seconds of waiting at most in one go, so that Ctrl-C is heard."""


class Reading(NamedTuple):
    """One line of the file."""

    at: datetime
    value: float


def replay(
    file: Annotated[Path, typer.Argument(help="CSV: times with their zone, then values.")],
    speed: Annotated[float, typer.Option(min=0.001, help="How many times faster than it was.")] = 1.0,
    device: Annotated[str, typer.Option(help="Name of the device; the file's name by default.")] = "",
    kind: Annotated[str, typer.Option(help="Its kind, when it is new.")] = "water-flow",
    measured: Annotated[str, typer.Option("--property", help="What is measured; else its kind's.")] = "",
) -> None:
    """Send the readings of a file again, with the pauses between them divided by the speed."""
    readings = _read(file)
    name = device or re.sub(r"[^A-Za-z0-9_-]", "-", file.stem)[:64]
    with ready() as settings:
        from django.utils import timezone

        from anlan.base.errors import Refused
        from anlan.flows.replay_device import replay_device

        try:
            code = replay_device(
                acting_user=None, name=name, kind_code=kind, property_code=measured, now=timezone.now()
            )
        except Refused as no:
            raise Problem(REFUSALS[no.reason] % no.facts) from None
        _send(settings, f"r.{name}.{code}", readings, speed)


REFUSALS = {
    "kind_unknown": _("No kind of device is called %(code)s."),
    "property_unknown": _("This kind measures %(codes)s; it does not measure %(code)s."),
    "device_name": _("“%(name)s” is no name of a device: 1 to 64 letters, digits, - and _."),
    "no_areas": _("There are no areas yet: import them first."),
}


def _read(file: Path) -> list[Reading]:
    """All readings of the file, or every line that is none. Raises Problem."""
    readings, wrong = [], []
    try:
        with file.open(newline="", encoding="utf-8-sig") as opened:
            for row, cells in enumerate(csv.reader(opened), start=1):
                found = _reading(cells)
                if found is not None:
                    readings.append(found)
                elif row > 1 and cells:
                    wrong.append(_("row %(row)s: %(cells)s") % {"row": row, "cells": ",".join(cells)[:80]})
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(_("%(file)s cannot be read: %(why)s") % {"file": file, "why": error}) from None
    if wrong or not readings:
        said = _("Each line must be a time with its zone, such as 2026-11-27T09:00:00+08:00, and a number.")
        raise Problem("\n".join([said, *wrong[:MOST_SAID]]))
    return readings


def _reading(cells: list[str]) -> Reading | None:
    try:
        at, value = datetime.fromisoformat(cells[0].strip()), float(cells[1])
    except (ValueError, IndexError):
        return None
    return Reading(at, value) if at.tzinfo is not None and math.isfinite(value) else None


def _send(settings: object, subject: str, readings: list[Reading], speed: float) -> None:
    """Send each when its time has come; the broker says of each that it has it."""
    from rich.progress import Progress

    from anlan.edge.ingest.wire import connected

    broker = settings.ANLAN_HOME / "nats" / "secrets.json"  # type: ignore[attr-defined]
    if not broker.exists():
        raise Problem(_("The city does not run here with a broker: start it with `anlan serve`."))
    facts = json.loads(broker.read_text())
    try:
        wire = connected(
            "127.0.0.1",
            settings.ANLAN_NATS_PORT,  # type: ignore[attr-defined]
            facts["user"],
            facts["password"],
            "replay",
        )
    except OSError as error:
        raise Problem(_("The broker does not answer: %(why)s") % {"why": error}) from None
    began, first = time.monotonic(), readings[0].at
    with Progress() as progress:
        for each in progress.track(readings, description=subject):
            until = began + (each.at - first).total_seconds() / speed
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(left, PIECE))
            wire.request(subject, {"t": each.at.isoformat(), "v": each.value})
    wire.close()
