"""`anlan import sites`: places with a hazard kind."""

from pathlib import Path
from typing import Annotated

import typer

from anlan.base.tables import Complaints
from anlan.edge.cli.imports import saying
from anlan.edge.cli.imports.reading import digest, opened_text
from anlan.edge.cli.installation import ready
from anlan.edge.cli.progress import bar
from anlan.edge.cli.speaking import gettext
from anlan.places.terms import Crs


def sites(
    file: Annotated[Path, typer.Argument(help="CSV with code, kind, name; area, unit, in_use, a point.")],
    crs: Annotated[Crs | None, typer.Option(help="Coordinate system of the columns lng and lat.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
) -> None:
    """Bring in sites, all or nothing; a site is known by its code."""
    with ready(), saying.plainly():
        from django.utils import timezone

        from anlan.flows.import_runs import FileRead
        from anlan.flows.import_sites import SiteList, import_sites, preview_sites
        from anlan.places.site_files import read_sites

        complaints = Complaints()
        with opened_text(file) as lines:
            rows = read_sites(file.name, lines, complaints, crs)
        site_list = SiteList(rows, [FileRead(file.name, digest(file))], complaints)
        if dry_run:
            changes = preview_sites(site_list)
            saying.console().print(gettext("Nothing was changed. An import would change this:"))
        else:
            with bar(gettext("Storing"), None):
                changes = import_sites(acting_user=None, site_list=site_list, now=timezone.now())
        saying.say_counts(changes.counts())
        saying.say_list(gettext("Added"), [f"{site.code} {site.name}" for site in changes.added])
        changed = [f"{site.code} {site.name}: {', '.join(fields)}" for site, fields in changes.changed]
        saying.say_list(gettext("Changed"), changed)
        if changes.odd.total:
            saying.console().print(gettext("Taken, but odd:"))
            saying.say_rows(changes.odd.rows, changes.odd.total)
