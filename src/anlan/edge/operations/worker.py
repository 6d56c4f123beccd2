"""The process that does what is queued: `python -m anlan.edge.operations.worker`."""

import asyncio
import logging
import os
import sys

from anlan.edge.operations.connections import QUICKLY, give_back_quickly

CONCURRENCY = 4

NICE = 5
"""Whoever waits for a page comes first: three parts of a processor for them, one for what is queued."""


async def work() -> None:
    """Do jobs until a signal asks to stop; running ones get ten seconds."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    # one connection while nothing is to do, which listens; two more to fetch jobs and to end them
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=3, max_idle=QUICKLY)
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(
                name="worker",
                concurrency=CONCURRENCY,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
                fetch_job_polling_interval=30,
            )


def main() -> None:
    """Set Django up and work."""
    os.nice(NICE)
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    django.setup()
    give_back_quickly(settings)
    try:
        asyncio.run(work())
    except Exception:  # its words could hold what a job carries: the log keeps kind and place
        logging.getLogger("anlan.worker").exception("the worker ended")
        sys.exit(1)


if __name__ == "__main__":
    main()
