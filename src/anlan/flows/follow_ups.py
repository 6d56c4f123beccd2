"""What follows a change: queued jobs and the news to open pages, both in the change's own transaction."""

import json

from django.db import connection
from procrastinate.contrib.django import app as queue

from anlan.store.models import Case, CaseEvent

CHANNEL = "anlan_case"
"""The PostgreSQL channel on which open pages hear of changed cases."""


def tell_pages(event: CaseEvent, case: Case) -> None:
    """Tell open pages, once the transaction commits, that `case` changed, those that lose it too."""
    news = {
        "event": event.pk,
        "case": case.pk,
        "version": case.version,
        "area": case.area_path,
        "unit": case.unit_path,
        "also": _also_seen_from(case),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(news)])


def _also_seen_from(case: Case) -> list[tuple[str, str]]:
    """Area and unit from which a case was seen before this change, and the units of its tasks, now and then.

    Of the units of tasks only the lowest: whoever sees a case through a unit sees it through those below.
    """
    was = case.was
    before = (was.get("area_path", case.area_path), was.get("unit_path", case.unit_path))
    units = {*(case.task_reach or ()), *(was.get("task_reach") or ())}
    lowest = sorted(unit for unit in units if not any(o != unit and o.startswith(unit) for o in units))
    moved = [before] if before != (case.area_path, case.unit_path) else []
    return moved + [("", unit) for unit in lowest]


def tell_rights() -> None:
    """Make every open page ask anew who looks at it, once the transaction commits: somebody's rights changed.

    That is rare, so pages ask rather than compare: a role, a unit, an area or a session may have ended.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"rights": True})])


def tell_people(event: CaseEvent) -> None:
    """Queue that people and other systems hear of `event`; it runs only if this transaction commits.

    The events of one case are told in their order.
    """
    queue.configure_task("notify", lock=f"case:{event.case_id}").defer(event_id=event.pk)


def later(job: str, **arguments: int | str) -> None:
    """Queue the job named `job`; it runs only if this transaction commits."""
    queue.configure_task(job).defer(**arguments)


def in_turn(job: str, lock: str, **arguments: int | str) -> None:
    """Queue the job named `job` behind those with the same lock, in their order."""
    queue.configure_task(job, lock=lock).defer(**arguments)
