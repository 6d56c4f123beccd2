"""`anlan factors`: whether this installation can read the second factors of its members."""

from typing import Annotated

import typer

from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _


def factors(
    forget_unreadable: Annotated[
        bool,
        typer.Option("--forget-unreadable", help="Remove those; their members set up new ones."),
    ] = False,
) -> None:
    """Say how many second factors are sealed, and whether the key of this installation opens them."""
    with ready():
        from django.utils import timezone

        from anlan.flows import forget_factors
        from anlan.store.readers.second_factors import sealed_factors

        if forget_unreadable:
            count = forget_factors.forget_unreadable(acting_user=None, now=timezone.now())
            print(_("%(n)s second factors were removed.") % {"n": count})
        total, closed = sealed_factors()
        if closed:
            raise Problem(unreadable_words(len(closed), total))
        print(_("%(n)s second factors can be read.") % {"n": total})


def unreadable_words(count: int, total: int) -> str:
    """What to do when the key is missing or another one."""
    return _(
        "%(n)s of %(total)s second factors were sealed under another key, and their members cannot sign in: "
        "put the file factor-key of the old installation into ANLAN_HOME (or its key into ANLAN_FACTOR_KEY), "
        "or run `anlan factors --forget-unreadable`; they then set up new ones."
    ) % {"n": count, "total": total}
