"""Jobs around what reporters say of the result."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows.ask_reporters import ask_reporters as ask_reporters_now
from anlan.flows.ask_reporters import tell_reporters as tell_reporters_now

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(name="ask_reporters", queue="notices", retry=AGAIN)
def ask_reporters(case_id: int) -> None:
    """Ask the reporters of a closed case whether the hazard is gone."""
    ask_reporters_now(case_id=case_id)


@app.task(name="tell_reporters", queue="notices", retry=AGAIN)
def tell_reporters(handed_over_id: int) -> None:
    """Tell the reporters of a case that the city it went to has closed it."""
    tell_reporters_now(handed_over_id=handed_over_id)
