"""`anlan doctor`: what is wrong with an installation, in plain words."""

import sys
from collections.abc import Iterator, Sequence

from anlan.base.tables import N_
from anlan.edge.cli import doors, home
from anlan.edge.cli.checks import (
    WITH_TABLES,
    WITHOUT_DATABASE,
    Check,
    Finding,
    Verdict,
    database,
    note,
    worker,
    wrong,
)
from anlan.edge.cli.installation import opened, read_settings, set_up
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _

WHEN_RUNNING: tuple[Check, ...] = (doors.pages, doors.devices)
WHEN_STOPPED: tuple[Check, ...] = (doors.ports,)
VERDICTS = {Verdict.WELL: N_("well"), Verdict.NOTE: N_("note"), Verdict.WRONG: N_("wrong")}


def doctor() -> None:
    """Say what is well and what is wrong; ends with 1 when something is wrong."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        read_settings()
    except ImproperlyConfigured as error:
        sys.exit(shown(wrong(str(error))))
    verdicts = set()
    for finding in findings():
        print(shown(finding), flush=True)
        verdicts.add(finding.verdict)
    if Verdict.WRONG in verdicts:
        sys.exit(1)


def shown(finding: Finding) -> str:
    """Return a finding as a line."""
    return f"{_(VERDICTS[finding.verdict]):<6} {finding.words}"


def findings() -> Iterator[Finding]:
    """Look at everything; what needs the database comes last."""
    settings = read_settings()
    set_up()
    for check in WITHOUT_DATABASE:
        yield from check(settings)
    runs = home.is_held(settings.ANLAN_HOME)
    if not runs:
        yield note(_("The city is not running: `anlan serve` starts it."))
    for check in WHEN_RUNNING if runs else WHEN_STOPPED:
        yield from check(settings)
    if settings.ANLAN_POSTGRES is not None and not settings.ANLAN_POSTGRES.exists():
        return
    try:
        with opened():
            yield from _of_the_database((*WITH_TABLES, worker) if runs else WITH_TABLES)
    except Problem as problem:
        yield wrong(str(problem))


def _of_the_database(checks: Sequence[Check]) -> Iterator[Finding]:
    """Look at the database, and at what it holds when its tables are those of this release."""
    settings = read_settings()
    found = list(database(settings))
    yield from found
    if Verdict.WRONG not in {finding.verdict for finding in found}:
        for check in checks:
            yield from check(settings)
