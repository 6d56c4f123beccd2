"""Jobs around what reporters say of the result."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows.ask_reporters import ask_reporters as ask_reporters_now


@app.task(name="ask_reporters", queue="notices", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def ask_reporters(case_id: int) -> None:
    """Ask the reporters of a closed case whether the hazard is gone."""
    ask_reporters_now(case_id=case_id)
