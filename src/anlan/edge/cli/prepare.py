"""Bring the database to this release, in a process of its own: the supervisor stays small.

Prints one JSON object on its output: {"empty": whether nothing was put in yet, "setup_code": the one-time
code for /setup/ while nobody has an account, else ""}; or {"refused": words}, when no city may start.
"""

import json
import sys

from anlan.edge.cli.installation import half_restored, migrate, read_settings, set_up


def main() -> None:
    """Migrate where needed, and say whether the city is empty."""
    settings = read_settings()
    set_up()
    if (words := half_restored()) is not None:
        json.dump({"refused": words}, sys.stdout)
        return
    migrate()
    from anlan.edge.setup_code import setup_code
    from anlan.store.readers import installation
    from anlan.store.readers.staff import is_staffed

    code = "" if is_staffed() else setup_code(settings.SECRET_KEY)
    json.dump({"empty": installation.is_empty(), "setup_code": code}, sys.stdout)


if __name__ == "__main__":
    main()
