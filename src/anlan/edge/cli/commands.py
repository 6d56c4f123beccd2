"""The command line `anlan`: one module a command, all named in the table below.

A module imports what is heavy (Django, numba) inside its functions, so that `anlan --help` stays quick.
"""

import sys
from collections.abc import Callable

import typer

from anlan.edge.cli import imports, keys, rules, warning
from anlan.edge.cli.backup import backup
from anlan.edge.cli.check_draws import check_draws
from anlan.edge.cli.demo import demo
from anlan.edge.cli.doctor import doctor
from anlan.edge.cli.due import due
from anlan.edge.cli.effect import effect
from anlan.edge.cli.export import export
from anlan.edge.cli.factors import factors
from anlan.edge.cli.problems import sentence
from anlan.edge.cli.rates import rates
from anlan.edge.cli.replay import replay
from anlan.edge.cli.restore import restore
from anlan.edge.cli.scan import scan
from anlan.edge.cli.serve import serve
from anlan.edge.cli.setup_code import print_setup_code
from anlan.edge.cli.speaking import speak
from anlan.edge.cli.surveil import surveil
from anlan.edge.cli.survey import survey

COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "serve": serve,
    "setup-code": print_setup_code,
    "backup": backup,
    "restore": restore,
    "doctor": doctor,
    "factors": factors,
    "replay": replay,
    "export": export,
    "due": due,
    "check-draws": check_draws,
    "effect": effect,
    "scan": scan,
    "survey": survey,
    "surveil": surveil,
    "rates": rates,
}
"""A command's name -> its function."""

GROUPS: dict[str, typer.Typer] = {
    "import": imports.app,
    "rules": rules.app,
    "warning": warning.app,
    "key": keys.app,
}
"""A name with commands below it, such as `anlan import areas` -> their application."""

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def root() -> None:
    """anlan (安澜): find hazards, get them fixed and proven fixed, warn in time."""


for _name, _function in COMMANDS.items():
    app.command(_name)(_function)
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)


def main() -> None:
    """Run the command line; what stops a command is said in one sentence."""
    command = typer.main.get_command(app)
    speak(command)
    try:
        command()
    except Exception as error:
        said = sentence(error)
        if said is None:
            raise
        sys.exit(f"anlan: {said}")
