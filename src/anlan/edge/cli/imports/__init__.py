"""`anlan import ...`: one module a command."""

import typer

from anlan.edge.cli.imports.areas import areas
from anlan.edge.cli.imports.incidents import incidents
from anlan.edge.cli.imports.open311 import open311
from anlan.edge.cli.imports.sites import sites

app = typer.Typer(no_args_is_help=True, help="Bring in areas, sites, incidents, requests of other systems.")

for _command in (areas, sites, incidents, open311):
    app.command()(_command)
