"""`anlan import incidents`: harms that happened, from files of any size."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.base.tables import Complaints, read_table
from anlan.edge.cli.imports import saying
from anlan.edge.cli.imports.reading import digest, opened_text
from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext
from anlan.places.terms import Crs

if TYPE_CHECKING:
    from rich.progress import Progress

    from anlan.outcomes.incident_files import IncidentMapping

Zone = Annotated[str, typer.Option(help="Time zone of the file's clock, such as Asia/Shanghai.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="FIELD=COLUMN where names differ: date, time, lng, lat, injured, killed."),
]
Saved = Annotated[
    Path | None, typer.Option(help="TOML file with time_zone, columns, date_order, crs, delimiter.")
]
Source = Annotated[str, typer.Option(help="Name of the source: rows are stored once for each source.")]
DateOrder = Annotated[str, typer.Option(help="iso (2026-11-02), or the order of the parts: ymd, mdy, dmy.")]
Delimiter = Annotated[str, typer.Option(help="Sign between cells; found by itself when not given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be added, add nothing.")]


def incidents(
    file: Annotated[Path, typer.Argument(help="CSV with a header; the column date is needed.")],
    kind: Annotated[str, typer.Option(help="What happened: collision, fire, drowning, theft, ...")],
    time_zone: Zone = "",
    column: Columns = None,
    mapping: Saved = None,
    source: Source = "csv",
    date_order: DateOrder = "",
    crs: Annotated[Crs | None, typer.Option(help="Coordinate system of lng and lat.")] = None,
    delimiter: Delimiter = "",
    dry_run: DryRun = False,
) -> None:
    """Bring in incidents, all or nothing; rows that are there already stay as they are."""
    if not 0 < len(kind) <= 24 or not 0 < len(source) <= 40:
        raise Problem(gettext("--kind has 1 to 24 characters, --source 1 to 40."))
    said: dict[str, Any] = {
        "time_zone": time_zone,
        "columns": _pairs(column or []),
        "date_order": date_order,
        "crs": crs,
        "delimiter": delimiter,
    }
    how = _mapping(_saved(mapping), said)
    with ready(), saying.plainly():
        _run(file, kind, source, how, dry_run)


def _run(file: Path, kind: str, source: str, how: "IncidentMapping", dry_run: bool) -> None:
    from django.utils import timezone

    from anlan.flows.import_incidents import IncidentList, count_incidents, import_incidents
    from anlan.flows.import_runs import FileRead
    from anlan.outcomes.incident_files import read_incidents

    complaints, started_at = Complaints(), timezone.now()
    with (
        _progress() as progress,
        progress.open(file, "rb", description=file.name) as binary,
        opened_text(file, binary) as lines,
    ):
        blocks = read_incidents(read_table(file.name, lines, complaints, how.delimiter), how, complaints)
        files = [FileRead(file.name, digest(file))]
        incident_list = IncidentList(kind, source, blocks, complaints, files)
        if dry_run:
            counts = count_incidents(incident_list)
        else:
            counts = import_incidents(
                acting_user=None, incident_list=incident_list, started_at=started_at, now=timezone.now()
            )
    if dry_run:
        saying.console().print(gettext("Nothing was changed. An import would change this:"))
    saying.say_counts(counts.as_dict())


def _progress() -> "Progress":
    """A bar with the time left."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=saying.console(),
    )


def _pairs(columns: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in columns]
    if any(not (name and column) for name, _, column in pairs):
        raise Problem(gettext("--column wants FIELD=COLUMN, such as --column date=CRASH_DATE."))
    return {name: column for name, _, column in pairs}


def _saved(path: Path | None) -> Mapping[str, Any]:
    """A saved mapping; options of the command line go before it."""
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path}: {error}") from error


def _mapping(saved: Mapping[str, Any], said: Mapping[str, Any]) -> "IncidentMapping":
    from anlan.outcomes.incident_files import DATE_ORDERS, IncidentMapping

    unknown = sorted(set(saved) - set(said))
    if unknown:
        raise Problem(
            gettext("The mapping has unknown names: %(unknown)s. Known are: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(said)}
        )
    chosen = {name: said[name] or saved.get(name) for name in said}
    columns = chosen["columns"] or {}
    texts = [chosen[name] or "" for name in ("time_zone", "date_order", "delimiter")]
    if not isinstance(columns, dict) or not all(
        isinstance(text, str) for text in (*columns.values(), *texts)
    ):
        raise Problem(
            gettext("In a mapping, columns is a table of texts; time_zone, date_order, delimiter are texts.")
        )
    zone, order, delimiter = texts
    if not zone:
        raise Problem(gettext("Say the time zone of the file's clock: --time-zone Asia/Shanghai."))
    if (
        (order or "iso") not in DATE_ORDERS
        or len(delimiter) > 1
        or (chosen["crs"] or "wgs84") not in set(Crs)
    ):
        orders, systems = ", ".join(DATE_ORDERS), ", ".join(Crs)
        raise Problem(
            gettext("date_order is one of %(orders)s; crs one of %(systems)s; delimiter is one sign.")
            % {"orders": orders, "systems": systems}
        )
    crs = Crs(chosen["crs"]) if chosen["crs"] else None
    return IncidentMapping(
        zone, {**(saved.get("columns") or {}), **columns}, order or "iso", crs, delimiter or None
    )
