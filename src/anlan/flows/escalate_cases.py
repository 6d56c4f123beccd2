"""Clocks that are near their end, or over it, are told to the next rung up."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.cases.escalation import GRACE, Rung
from anlan.cases.notices import KIND_OF_RUNG, Audience, NoticeKind
from anlan.flows.follow_ups import tell_pages
from anlan.flows.notify import write_notices
from anlan.places.terms import Level
from anlan.staff.terms import UnitKind
from anlan.store.models import Case, CaseEvent, CaseTask, Escalation, Unit, User
from anlan.store.readers.receivers import dispatchers_of, members_told
from anlan.store.sweeping import claim

BATCH = 5_000

LEVELS = {Rung.TOWNSHIP: Level.TOWNSHIP, Rung.COUNTY: Level.COUNTY, Rung.CITY: Level.CITY}

type Work = Case | CaseTask
"""Whose clock it is: a case with its unit, or the task of another unit in it."""


def escalate_cases(*, acting_user: None, now: datetime, batch: int = BATCH) -> int:
    """Move every clock to the rung that is due, in batches of a transaction each; how many moved."""
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


@dataclass(frozen=True)
class Hearers:
    """Who hears: on which rung, in whose mailbox, and who on their own pages."""

    rung: Rung
    unit: Unit | None
    members: list[User]


@transaction.atomic
def _tell_one(now: datetime) -> bool:
    """Tell one rung, or the next one up that has anybody; False when all are told."""
    row = (
        Escalation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("case__unit", "clock__task__unit")
        .filter(hears=True, told_at=None)
        .order_by("pk")
        .first()
    )
    if row is None:
        return False
    rung, case = Rung(row.rung), row.case
    heard = hearers(row.clock.task or case, rung)
    event = _event_of(row)
    if heard is not None:
        write_notices(event, case, _kind(rung, heard.rung), heard.members, heard.unit, now)
    row.told_at, row.told_unit = now, heard.unit if heard else None
    row.told_rung = heard.rung if heard else Rung.NOBODY
    row.save()
    if row.told_rung != rung:
        _say_passed(event, rung, Rung(row.told_rung), now)
    return True


def hearers(work: Work, rung: Rung) -> Hearers | None:
    """Who hears for a rung: those of the first level from there up that has anybody; None where none has."""
    for level in range(rung, Rung.CITY + 1):
        unit, members = addressee(work, Rung(level)), _members(work, Rung(level))
        if members or (unit is not None and unit.email):
            return Hearers(Rung(level), unit, members)
    return None


def addressee(work: Work, rung: Rung) -> Unit | None:
    """Which unit hears for a rung: the responsible one, or the desk or office of the level above it.

    A case that no unit has yet is the business of its township, and of the levels above.
    """
    if rung in (Rung.HANDLER, Rung.UNIT_HEAD) and work.unit is not None:
        return work.unit
    level = LEVELS.get(rung, Level.TOWNSHIP)
    codes = work.area_path.rstrip(".").split(".")
    kinds = (UnitKind.DESK, UnitKind.TOWNSHIP_OFFICE, UnitKind.AGENCY)
    near = Unit.objects.filter(kind__in=kinds, active=True, area__code__in=codes, area__level=level)
    return min(
        near, key=lambda unit: (not unit.email, kinds.index(UnitKind(unit.kind)), unit.code), default=None
    )


def _members(work: Work, rung: Rung) -> list[User]:
    """Who hears on their own pages: the handlers of the unit, or the dispatchers of the rung's level."""
    if rung in (Rung.HANDLER, Rung.UNIT_HEAD) and work.unit is not None:
        return members_told(work, Audience.UNIT)
    return dispatchers_of(work, LEVELS.get(rung, Level.TOWNSHIP))


def _kind(rung: Rung, told: Rung) -> NoticeKind:
    """What is said: of a clock that is only near its end the same to everybody."""
    return KIND_OF_RUNG[rung] if rung is Rung.HANDLER else KIND_OF_RUNG[told]


def _event_of(row: Escalation) -> CaseEvent:
    """The entry of the history with which a clock reached the rung; two clocks may have moved at once."""
    told = list(CaseEvent.objects.filter(case=row.case, step="escalated", at=row.at).order_by("-id"))
    return next((each for each in told if each.changes.get("clock") == [row.clock_id] * 2), told[0])


def _say_passed(event: CaseEvent, rung: Rung, told: Rung, now: datetime) -> None:
    """Write into the history that a level has nobody who hears; the version stays."""
    said = CaseEvent.objects.create(
        case=event.case,
        at=now,
        step="escalated_higher" if told else "escalated_to_nobody",
        state_before=event.case.state,
        state_after=event.case.state,
        source="system",
        changes={**event.changes, "rung": [int(rung), int(told)]},
    )
    tell_pages(said, said.case)
