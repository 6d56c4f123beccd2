"""`anlan import devices`: the register of sensors and cameras."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.base.tables import Complaints
from anlan.edge.cli.imports import saying
from anlan.edge.cli.imports.reading import digest, opened_text
from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.progress import bar
from anlan.edge.cli.speaking import gettext
from anlan.places.terms import Crs

if TYPE_CHECKING:
    from anlan.flows.device_credentials import Secret

HEADER = "device,username,password"


def devices(
    file: Annotated[Path, typer.Argument(help="CSV with device, kind; name, lat, lng, site, owner, ...")],
    credentials: Annotated[
        Path | None, typer.Option(help="File for the passwords of new devices; they are told only here.")
    ] = None,
    crs: Annotated[Crs, typer.Option(help="Coordinate system of the columns lng and lat.")] = Crs.WGS84,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
) -> None:
    """Bring in devices, all or nothing; a device is known by its name. New ones get a password."""
    with ready(), saying.plainly():
        from django.utils import timezone

        from anlan.flows import import_devices as flow
        from anlan.flows.import_runs import FileRead
        from anlan.sensing.device_files import read_devices

        complaints = Complaints()
        keep = _keeper(credentials) if not dry_run else _forget
        with opened_text(file) as lines:
            rows = read_devices(file.name, lines, complaints, flow.known_kinds(timezone.now()), crs)
        device_list = flow.DeviceList(rows, [FileRead(file.name, digest(file))], complaints)
        if dry_run:
            changes = flow.preview_devices(device_list)
            saying.console().print(gettext("Nothing was changed. An import would change this:"))
        else:
            with bar(gettext("Storing"), None):
                changes = flow.import_devices(
                    acting_user=None, device_list=device_list, now=timezone.now(), keep_secrets=keep
                )
        saying.say_counts(changes.counts())
        saying.say_list(gettext("Added"), [_named(device.name, device.title) for device in changes.added])
        changed = [f"{device.name}: {', '.join(fields)}" for device, fields in changes.changed]
        saying.say_list(gettext("Changed"), changed)
        if changes.odd.total:
            saying.console().print(gettext("Taken, but odd:"))
            saying.say_rows(changes.odd.rows, changes.odd.total)


def _named(name: str, title: str) -> str:
    return f"{name} {title}".rstrip()


def _forget(secrets: "Sequence[Secret]") -> None:
    """Keep nothing."""


def _keeper(file: Path | None) -> "Callable[[Sequence[Secret]], None]":
    """What writes the passwords down; an earlier file of passwords is added to, never overwritten."""

    def keep(secrets: "Sequence[Secret]") -> None:
        if not secrets and (file is None or file.exists()):
            return
        if file is None:
            raise Problem(
                gettext("%(count)s devices get a password: say with --credentials where to write them.")
                % {"count": len(secrets)}
            )
        text = earlier + "".join(_line(secret) for secret in secrets)
        _write(file, text)

    earlier = _earlier(file) if file else ""
    return keep


def _earlier(file: Path) -> str:
    """What the file of passwords holds so far, at least its header."""
    if not file.exists():
        return f"{HEADER}\r\n"
    text = file.read_bytes().decode("utf-8", "replace")
    if text and text.splitlines()[0] != HEADER:
        raise Problem(gettext("%(file)s holds something else: give the name of a new file.") % {"file": file})
    return text or f"{HEADER}\r\n"


def _line(secret: "Secret") -> str:
    out = io.StringIO()
    csv.writer(out).writerow((secret.device, secret.username, secret.password))
    return out.getvalue()


def _write(file: Path, text: str) -> None:
    """Put a file that only its owner may read in place, on the disk before the import is final."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
