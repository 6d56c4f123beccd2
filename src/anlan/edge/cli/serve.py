"""`anlan serve`: the whole city under one process (`city.py`)."""

import os
import sys
from typing import Annotated

import typer

from anlan.edge.cli.city import NO_DEMO
from anlan.edge.cli.handed_on import as_words
from anlan.edge.cli.installation import read_settings


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on, in place of ANLAN_PORT.")] = None,
    demo: Annotated[bool, typer.Option(help="Fill an empty city with made-up data.")] = True,
) -> None:
    """Run the city until Ctrl-C: database, web server, worker."""
    if port is not None:
        os.environ["ANLAN_PORT"] = str(port)
    known = as_words(read_settings())  # a wrong one stops here
    # this Python has loaded all commands, and would hold them for as long as the city runs
    command = [sys.executable, "-m", "anlan.edge.cli.city", known, *([] if demo else [NO_DEMO])]
    os.execv(sys.executable, command)
