"""How changes of members, units, areas, sites and categories are kept: who, when, before and after."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from anlan.base.errors import Conflict
from anlan.flows.follow_ups import tell_rights
from anlan.store.models import StaffEvent, User

_TREES = 7_301_001
"""Key of the lock under which staff and places change."""


def take_turns() -> None:
    """Wait for other changes of staff and places, until this transaction ends: they touch whole trees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREES])


def record(
    actor: User | None, action: str, subject: str, changes: Mapping[str, tuple[Any, Any]], now: datetime
) -> None:
    """Keep that `actor` changed `subject`, such as "unit:desk-1", as {field: (before, after)} says.

    Open pages then look again at what their person may see.
    """
    kept = {field: [said(before), said(after)] for field, (before, after) in changes.items()}
    StaffEvent.objects.create(at=now, actor=actor, action=action, subject=subject, changes=kept)
    tell_rights()


def changed(row: Model, columns: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What `columns` would change in `row`: {field: (before, after)}."""
    pairs = {name: (getattr(row, name), value) for name, value in columns.items()}
    return {name: (before, after) for name, (before, after) in pairs.items() if before != after}


def keep(
    actor: User, action: str, subject: str, row: Model, columns: Mapping[str, Any], now: datetime
) -> dict[str, tuple[Any, Any]]:
    """Write `columns` into `row` and what changed into history; nothing at all when nothing changed."""
    changes = changed(row, columns)
    for name in changes:
        setattr(row, name, columns[name])
    if changes:
        row.save(update_fields=list(changes))
        record(actor, action, subject, changes, now)
    return changes


def check_seen(seen: str | None, now_there: str) -> None:
    """Raise Conflict when what a change touches is not what the person saw; None for "nothing was shown"."""
    if seen is not None and seen != now_there:
        raise Conflict


def said(value: Any) -> Any:
    """A value as history keeps it: rows by their code."""
    if isinstance(value, Model):
        return getattr(value, "code", None) or str(value)
    return value.isoformat() if isinstance(value, date) else value
