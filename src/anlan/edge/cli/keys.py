"""`anlan key ...`: keys by which other systems write."""

from typing import Annotated

import typer

from anlan.edge.cli.imports import saying
from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext
from anlan.staff.terms import KeyScope

app = typer.Typer(no_args_is_help=True, help="Make or end keys by which other systems write.")


@app.callback()
def keys() -> None:
    """Make or end keys by which other systems write."""


@app.command()
def sensing(
    name: Annotated[str, typer.Argument(help="Name of the system that gets the key.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="End its key; make none.")] = False,
) -> None:
    """Print a key for writing through /v1.1 (SensorThings): the password of HTTP Basic, with any user."""
    _key(KeyScope.SENSING, name, revoke)


@app.command()
def open311(
    name: Annotated[str, typer.Argument(help="Name of the system that gets the key.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="End its key; make none.")] = False,
) -> None:
    """Print a key for sending requests through /open311/v2: the parameter api_key."""
    _key(KeyScope.OPEN311, name, revoke)


def _key(scope: KeyScope, name: str, revoke: bool) -> None:
    with ready(), saying.plainly():
        from django.utils import timezone

        from anlan.flows.api_keys import end_key, make_key

        now = timezone.now()
        if not revoke:
            typer.echo(make_key(acting_user=None, scope=scope, name=name, now=now))
        elif not end_key(acting_user=None, scope=scope, name=name, now=now):
            raise Problem(gettext("%(name)s has no key.") % {"name": name})
