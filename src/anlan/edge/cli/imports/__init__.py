"""`anlan import ...`: one module a command."""

import typer

from anlan.edge.cli.imports.areas import areas
from anlan.edge.cli.imports.devices import devices
from anlan.edge.cli.imports.incidents import incidents
from anlan.edge.cli.imports.open311 import open311
from anlan.edge.cli.imports.sites import sites

app = typer.Typer(
    no_args_is_help=True, help="Bring in areas, sites, devices, incidents, other systems' requests."
)

for _command in (areas, sites, devices, incidents, open311):
    app.command()(_command)
