"""Jobs around scores: the nightly figures, and those that an accepted appeal changes."""

import subprocess
import sys

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows import appeal_score

NIGHT = (sys.executable, "-m", "anlan.edge.operations.score_night")


@app.periodic(cron="20 1 * * *")
@app.task(name="score_months", queue="timers", queueing_lock="score_months")
def score_months(timestamp: int) -> None:
    """Every night: the figures of the months that are not published yet, in a process of its own."""
    subprocess.run(NIGHT, check=True, stdin=subprocess.DEVNULL)


@app.task(name="recount_figures", queue="scores", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def recount_figures(appeal_id: int) -> None:
    """Replace the figures that an accepted appeal changes."""
    appeal_score.recount_figures(acting_user=None, appeal_id=appeal_id)
