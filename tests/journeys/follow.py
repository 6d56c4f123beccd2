"""What the worker of a city does after its calendar changed: the open cases follow."""

import django


def main() -> None:
    """Take every run through the open cases to its end."""
    django.setup()
    from django.utils import timezone

    from anlan.flows.recompute_deadlines import recompute_part, unfinished

    for run in unfinished():
        while recompute_part(acting_user=None, run_id=run, now=timezone.now()):
            pass


if __name__ == "__main__":
    main()
