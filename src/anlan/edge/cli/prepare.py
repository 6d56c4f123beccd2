"""Bring the database to this release, in a process of its own: the supervisor stays small.

Prints one JSON object on its output: {"empty": whether nothing was put in yet, "setup_code": the one-time
code for /setup/ while nobody has an account, else ""}.
"""

import json
import sys

from anlan.edge.cli.installation import migrate, read_settings, set_up


def main() -> None:
    """Migrate where needed, and say whether the city is empty."""
    settings = read_settings()
    set_up()
    migrate()
    from anlan.edge.setup_code import setup_code
    from anlan.store.readers import installation
    from anlan.store.readers.staff import is_staffed

    code = "" if is_staffed() else setup_code(settings.SECRET_KEY)
    json.dump({"empty": installation.is_empty(), "setup_code": code}, sys.stdout)


if __name__ == "__main__":
    main()
