"""Jobs that a killed worker had in hand go on in another: until then they hold up those behind them."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

TRIES = 8
"""Of a job whose worker dies each time: it fails, so that those behind it go on."""

SILENT = timedelta(seconds=30)
"""After this long without a sign a worker is dead; it gives one every ten seconds."""


@app.periodic(cron="* * * * *")
@app.task(name="take_up_left_over", queue="timers", queueing_lock="take_up_left_over", pass_context=True)
async def take_up_left_over(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs of workers that are no more begin anew."""
    await take_up(context.app.job_manager)


async def take_up(jobs: JobManager) -> None:
    """Queue again what dead workers had in hand.

    What killed too many of them has failed, and so have timers, which come again by themselves.
    """
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT.total_seconds()):
        if job.queueing_lock or job.attempts + 1 >= TRIES:
            await jobs.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await jobs.retry_job(job, retry_at=timezone.now())
