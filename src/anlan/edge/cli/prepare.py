"""Bring the database to this release, in a process of its own: the supervisor stays small.

Prints one JSON object on its output: {"empty": whether nothing was put in yet}.
"""

import json
import sys

from anlan.edge.cli.installation import read_settings, set_up


def main() -> None:
    """Migrate where needed, and say whether the city is empty."""
    read_settings()
    set_up()
    from django.core.management import call_command

    from anlan.store.readers import installation

    if installation.migrations_missing():
        call_command("migrate", verbosity=0, interactive=False)
    json.dump({"empty": installation.is_empty()}, sys.stdout)


if __name__ == "__main__":
    main()
