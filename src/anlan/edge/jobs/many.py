"""Jobs with many cases: bulk steps and exports. What a killed worker left is taken up within minutes."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import bulk_steps, export_cases

LEFT = timedelta(minutes=2)
FORGOTTEN = timedelta(days=30)


@app.task(name="run_bulk", queue="many")
def run_bulk(run_id: int) -> None:
    """Do what is left of a bulk step."""
    while bulk_steps.run_bulk_part(acting_user=None, run_id=run_id, now=timezone.now()):
        pass


@app.task(name="make_export", queue="many")
def make_export(export_id: int) -> None:
    """Write an export."""
    export_cases.make_export(acting_user=None, export_id=export_id, clock=timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="take_up", queue="many", queueing_lock="take_up")
def take_up(timestamp: int) -> None:
    """Every minute: what nobody works on any more goes on."""
    runs = [partial(run_bulk, run) for run in bulk_steps.unfinished(timezone.now() - LEFT)]
    exports = [partial(make_export, export) for export in export_cases.unfinished(timezone.now())]
    faults = [fault for work in (*runs, *exports) if (fault := _fault_of(work)) is not None]
    if faults:
        raise ExceptionGroup("some of what was left could not be done", faults)


def _fault_of(work: Callable[[], object]) -> Exception | None:
    """Do one piece; what it raises, so that the pieces behind it are done all the same."""
    try:
        work()
    except Exception as error:
        return error
    return None


@app.periodic(cron="15 3 * * *")
@app.task(name="forget_many", queue="timers", queueing_lock="forget_many")
def forget(timestamp: int) -> None:
    """Every night: exports whose days are over, and old bulk steps."""
    export_cases.forget_exports(acting_user=None, now=timezone.now())
    bulk_steps.forget_bulk(acting_user=None, before=timezone.now() - FORGOTTEN)
