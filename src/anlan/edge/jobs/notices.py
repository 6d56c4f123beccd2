"""Jobs that tell people what happened."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows.tell_unit import tell_unit as tell_unit_now


@app.task(name="tell_unit", queue="notices", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def tell_unit(case_id: int, step: str, version: int) -> None:
    """Tell the unit of a case."""
    tell_unit_now(case_id=case_id, step=step, version=version)
