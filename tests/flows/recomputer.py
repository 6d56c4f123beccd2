"""A worker that follows the calendar, for tests that kill it: `-m tests.flows.recomputer RUN MOMENT PART`."""

import sys
from datetime import datetime


def main(run: str, moment: str, part: str) -> None:
    """Go along the lanes of a run, `part` clocks at a time."""
    import django

    django.setup()
    from anlan.flows import recompute_deadlines as flows

    flows.PART = int(part)
    while flows.recompute_part(acting_user=None, run_id=int(run), now=datetime.fromisoformat(moment)):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
