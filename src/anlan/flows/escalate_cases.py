"""Stages that are near their end, or over it, are told to the next rung up."""

from datetime import datetime

from django.db import transaction

from anlan.cases.escalation import GRACE, Rung
from anlan.cases.notices import KIND_OF_RUNG, Audience
from anlan.flows.notify import write_notices
from anlan.places.terms import Level
from anlan.staff.terms import UnitKind
from anlan.store.models import Case, CaseEvent, Escalation, Unit, User
from anlan.store.readers.receivers import dispatchers_of, members_told
from anlan.store.sweeping import claim

BATCH = 20_000

LEVELS = {Rung.TOWNSHIP: Level.TOWNSHIP, Rung.COUNTY: Level.COUNTY, Rung.CITY: Level.CITY}


def escalate_cases(*, acting_user: None, now: datetime, batch: int = BATCH) -> int:
    """Move every stage to the rung that is due, in batches of a transaction each; how many moved."""
    total = 0
    grace = {int(rung): span for rung, span in GRACE.items()}
    while moved := claim(now, int(Rung.HANDLER), grace, batch):
        total += moved
    return total


def tell_escalations(*, acting_user: None, now: datetime) -> int:
    """Write the notices of those who should hear and were not told yet; how many rungs were told."""
    told = 0
    while _tell_one(now):
        told += 1
    return told


@transaction.atomic
def _tell_one(now: datetime) -> bool:
    """Tell one rung; False when all are told."""
    row = (
        Escalation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("case__unit")
        .filter(hears=True, told_at=None)
        .order_by("pk")
        .first()
    )
    if row is None:
        return False
    rung, case = Rung(row.rung), row.case
    event = CaseEvent.objects.filter(case=case, step="escalated", at=row.at).latest("id")
    unit = addressee(case, rung)
    write_notices(event, case, KIND_OF_RUNG[rung], _members(case, rung), unit, now)
    row.told_at, row.told_unit = now, unit
    row.save()
    return True


def _members(case: Case, rung: Rung) -> list[User]:
    """Who hears on their own pages: the handlers of the unit, or the dispatchers of the rung's level."""
    if rung in (Rung.HANDLER, Rung.UNIT_HEAD) and case.unit is not None:
        return members_told(case, Audience.UNIT)
    return dispatchers_of(case, LEVELS.get(rung, Level.TOWNSHIP))


def addressee(case: Case, rung: Rung) -> Unit | None:
    """Which unit hears for a rung: the responsible one, or the desk or office of the level above it.

    A case that no unit has yet is the business of its township, and of the levels above.
    """
    if rung in (Rung.HANDLER, Rung.UNIT_HEAD) and case.unit is not None:
        return case.unit
    level = LEVELS.get(rung, Level.TOWNSHIP)
    codes = case.area_path.rstrip(".").split(".")
    kinds = (UnitKind.DESK, UnitKind.TOWNSHIP_OFFICE, UnitKind.AGENCY)
    near = Unit.objects.filter(kind__in=kinds, active=True, area__code__in=codes, area__level=level)
    return min(
        near, key=lambda unit: (not unit.email, kinds.index(UnitKind(unit.kind)), unit.code), default=None
    )
