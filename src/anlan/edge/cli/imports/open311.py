"""`anlan import open311`: requests and their history from an Open311 GeoReport v2 server."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from anlan.base.tables import Complaints
from anlan.edge.cli.imports import saying
from anlan.edge.cli.imports.reading import digest, text_of
from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.progress import bar
from anlan.edge.cli.speaking import gettext


def open311(
    file: Annotated[
        Path, typer.Argument(help="JSON of /requests.json, with `notes` where there is history.")
    ],
    source: Annotated[str, typer.Option(help="Name of the server: its ids are stored once.")] = "open311",
    area: Annotated[str, typer.Option(help="Code of the area for requests outside all boundaries.")] = "",
    categories: Annotated[
        Path | None, typer.Option(help='TOML file: "Pothole in Street" = "code of a category of ours".')
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
) -> None:
    """Bring in reports and cases with their history; requests that are there already stay as they are."""
    if not 0 < len(source) <= 40:
        raise Problem(gettext("--source has 1 to 40 characters."))
    with ready(), saying.plainly():
        from django.utils import timezone

        from anlan.cases.open311 import read_requests
        from anlan.flows.import_open311 import RequestList, import_open311, preview_open311
        from anlan.flows.import_runs import FileRead

        odd = Complaints()
        request_list = RequestList(
            requests=read_requests(file.name, text_of(file), odd),
            odd=odd,
            source=source,
            area=area,
            categories=_categories(categories),
            files=[FileRead(file.name, digest(file))],
        )
        if dry_run:
            counts = preview_open311(request_list)
            saying.console().print(gettext("Nothing was changed. An import would change this:"))
        else:
            with bar(gettext("Storing"), None):
                counts = import_open311(acting_user=None, request_list=request_list, now=timezone.now())
        saying.say_counts(counts)
        if odd.total:
            saying.console().print(gettext("Odd, look at these:"))
            saying.say_rows(odd.rows, odd.total)


def _categories(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path}: {error}") from error
    if not all(isinstance(code, str) for code in found.values()):
        raise Problem(gettext('%(file)s: each line is "service" = "code of a category".') % {"file": path})
    return found
