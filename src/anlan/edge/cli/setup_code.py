"""`anlan setup-code`: the one-time code with which the first administrator sets the city up."""

from anlan.edge.cli.installation import ready
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _
from anlan.edge.setup_code import setup_code


def print_setup_code() -> None:
    """Print the one-time code for /setup/, while nobody has an account."""
    with ready():
        from django.conf import settings

        from anlan.store.readers.staff import is_staffed

        if is_staffed():
            raise Problem(_("The city is set up already: an administrator makes further accounts."))
        print(setup_code(settings.SECRET_KEY))
