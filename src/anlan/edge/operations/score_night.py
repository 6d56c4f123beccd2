"""The nightly figures, in a process of its own: `python -m anlan.edge.operations.score_night`.

They need scipy, whose hundred megabytes the worker would hold until it ends. Pages go before: the process
takes what they leave of the processor.
"""

import os


def main() -> None:
    """Set Django up and make the figures of the months that are not published yet."""
    os.nice(10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    from django.utils import timezone

    from anlan.flows.score_month import score_months

    score_months(acting_user=None, now=timezone.now())


if __name__ == "__main__":
    main()
