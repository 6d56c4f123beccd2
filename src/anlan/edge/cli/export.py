"""`anlan export`: areas, sites, incidents, cases as CSV."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from anlan.edge.cli.imports import saying
from anlan.edge.cli.installation import opened
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _


class What(StrEnum):
    """What can be exported."""

    AREAS = "areas"
    SITES = "sites"
    INCIDENTS = "incidents"
    CASES = "cases"


def export(
    what: Annotated[What, typer.Argument(help="Which table.")],
    file: Annotated[Path | None, typer.Argument(help="File to write; the output when not given.")] = None,
    area: Annotated[str, typer.Option(help="Only what lies in this area, by its code.")] = "",
) -> None:
    """Write a table as CSV in UTF-8: facts and codes, no words of a reporter, nothing about a person."""
    with opened(), saying.plainly():
        from anlan.publishing.spreadsheets import write_table
        from anlan.store.readers import exports

        tables = {
            What.AREAS: (exports.AREAS, exports.exported_areas),
            What.SITES: (exports.SITES, exports.exported_sites),
            What.INCIDENTS: (exports.INCIDENTS, exports.exported_incidents),
            What.CASES: (exports.CASES, exports.exported_cases),
        }
        table, read = tables[what]
        rows = read(area)
        with _output(file) as out:
            count = write_table(out, tuple(table.columns), rows)
        if file:
            _put_in_place(file)
            saying.console().print(f"{count:>9,}  {file}", markup=False)


def _output(file: Path | None) -> "AbstractContextManager[IO[str]]":
    """The output, or a new file beside the one that is wanted, so that a half never takes its place."""
    if file is None:
        return nullcontext(sys.stdout)
    if file.is_dir():
        raise Problem(_("%(file)s is a folder: give the name of a file.") % {"file": file})
    # spreadsheets take a file without a mark for one in the local encoding
    return _beside(file).open("w", encoding="utf-8-sig", newline="")


def _put_in_place(file: Path) -> None:
    _beside(file).replace(file)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.{os.getpid()}.part")
