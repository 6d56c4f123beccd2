"""`anlan warning ...`: CAP messages checked and written."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from anlan.edge.cli.problems import Problem, in_words
from anlan.edge.cli.speaking import gettext as _

app = typer.Typer(no_args_is_help=True, help="Check or write warnings as CAP 1.2 messages.")


@app.callback()
def warnings() -> None:
    """Check or write warnings as CAP 1.2 messages."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The message, XML.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say every fault of a CAP 1.2 message with its path; exit 1 when there is one."""
    from anlan.sensing.cap.checking import faults_of

    _tell([asdict(each) for each in faults_of(_read(file))], as_json, sys.stdout)


@app.command()
def make(
    file: Annotated[Path, typer.Argument(help="The fields, JSON; - for standard input.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where the message goes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print faults as JSON.")] = False,
) -> None:
    """Write a CAP 1.2 message from its fields; with a fault, none is written and all faults are said."""
    from anlan.sensing.cap.composing import compose

    document, faults = compose(_given(_fields(file)))
    if faults:
        _tell([asdict(each) for each in faults], as_json, sys.stderr)
    if output is None:
        sys.stdout.buffer.write(document + b"\n")
        sys.stdout.flush()
    else:
        output.write_bytes(document + b"\n")


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, with those that a message of today can do without saying."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "-00:00")
    return {"identifier": str(uuid4()), "sent": now, "msgType": "Alert", "scope": "Public"} | fields


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise Problem(
            _("%(file)s cannot be read: %(why)s") % {"file": file, "why": in_words(error)}
        ) from None


def _fields(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise Problem(_("%(file)s is not JSON: %(why)s") % {"file": file, "why": error}) from None
    if not isinstance(found, dict):
        raise Problem(_("%(file)s must hold one object with the fields of a message.") % {"file": file})
    return found


def _tell(faults: list[dict[str, str]], as_json: bool, out: Any) -> None:
    """Print the faults and end with 1 when there are any."""
    if as_json:
        print(json.dumps({"faults": faults}, ensure_ascii=False), file=out)
    elif faults:
        print("\n".join(f"{each['path']}: {each['message']}" for each in faults), file=out)
    else:
        print(_("No fault found."), file=out)
    if faults:
        raise typer.Exit(1)
