"""A worker that sweeps clocks, for tests that kill it: `python -m tests.flows.sweeper MOMENT BATCH`."""

import sys
from datetime import datetime


def main(moment: str, batch: str) -> None:
    """Sweep once, in batches of a transaction each."""
    import django

    django.setup()
    from anlan.flows.escalate_cases import escalate_cases

    escalate_cases(acting_user=None, now=datetime.fromisoformat(moment), batch=int(batch))


if __name__ == "__main__":
    main(*sys.argv[1:])
