"""`anlan export`: areas, sites, incidents, cases, devices, observations as CSV."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated
from zoneinfo import ZoneInfo

import typer

from anlan.edge.cli.imports import saying
from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.progress import bar, tracked
from anlan.edge.cli.speaking import gettext as _


class What(StrEnum):
    """What can be exported."""

    AREAS = "areas"
    SITES = "sites"
    INCIDENTS = "incidents"
    CASES = "cases"
    DEVICES = "devices"
    OBSERVATIONS = "observations"


def export(
    what: Annotated[What, typer.Argument(help="Which table.")],
    file: Annotated[Path | None, typer.Argument(help="File to write; the output when not given.")] = None,
    area: Annotated[str, typer.Option(help="Only what lies in this area, by its code.")] = "",
    first: Annotated[
        str, typer.Option("--from", help="Observations from this day or ISO 8601 time on.")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Observations before this day or ISO 8601 time.")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="As FILE.")] = None,
) -> None:
    """Write a table as CSV in UTF-8: facts and codes, no words of a reporter, nothing about a person."""
    file = output or file
    with ready() as settings, saying.plainly():
        from anlan.publishing.spreadsheets import write_table
        from anlan.store.readers import exports

        tables = {
            What.AREAS: (exports.AREAS, exports.exported_areas),
            What.SITES: (exports.SITES, exports.exported_sites),
            What.INCIDENTS: (exports.INCIDENTS, exports.exported_incidents),
            What.CASES: (exports.CASES, exports.exported_cases),
            What.DEVICES: (exports.DEVICES, exports.exported_devices),
        }
        with _output(file, mark=what is not What.OBSERVATIONS) as out:
            if what is What.OBSERVATIONS:
                span = _moment(first, settings.TIME_ZONE), _moment(last, settings.TIME_ZONE)
                count = _write_observations(out, file, *span, area)
            else:
                table, read = tables[what]
                rows = read(area)
                shown = tracked(rows, file.name, rows.count()) if file else rows
                count = write_table(out, tuple(table.columns), shown)
        if file:
            _put_in_place(file)
            saying.console().print(f"{count:>9,}  {file}", markup=False)


def _write_observations(
    out: IO[str], file: Path | None, first: datetime | None, last: datetime | None, area: str
) -> int:
    """Write the readings of a span, one line each, without ever holding more than a piece of them."""
    from anlan.store.readers.observations import guessed_observations, write_observations

    if file is None:
        return write_observations(out, first, last, area)
    with bar(file.name, guessed_observations(first, last, area)) as advance:
        return write_observations(out, first, last, area, advance)


def _moment(text: str, zone: str) -> datetime | None:
    """A time as the option gives it; a day begins at midnight, and no zone means that of the city."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        right = _("%(text)s is no time: give a day such as 2026-11-02, or 2026-11-02T08:30:00+08:00.")
        raise Problem(right % {"text": text}) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


@contextmanager
def _output(file: Path | None, mark: bool) -> Iterator[IO[str]]:
    """The output, or a new file beside the one that is wanted, so that a half never takes its place."""
    if file is None:
        yield sys.stdout
        return
    if file.is_dir():
        raise Problem(_("%(file)s is a folder: give the name of a file.") % {"file": file})
    try:
        # spreadsheets take a file without a mark for one in the local encoding; readings go to programs
        with _beside(file).open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as out:
            yield out
    except BaseException:
        _beside(file).unlink(missing_ok=True)
        raise


def _put_in_place(file: Path) -> None:
    _beside(file).replace(file)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.{os.getpid()}.part")
