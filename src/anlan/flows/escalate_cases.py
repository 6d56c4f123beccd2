"""Clocks that are near their end, or over it, are told to the next rung up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from anlan.cases.escalation import GRACE, Rung
from anlan.cases.notices import KIND_OF_RUNG, Audience, NoticeKind
from anlan.flows.follow_ups import tell_pages
from anlan.flows.notify import Told, write_all
from anlan.places.terms import Level
from anlan.staff.terms import UnitKind
from anlan.store.models import Case, CaseEvent, CaseTask, Escalation, Unit, User
from anlan.store.readers.receivers import dispatchers_of, members_told, roles_told
from anlan.store.sweeping import claim, keep_told

BATCH = 5_000
TOLD_AT_ONCE = 1_000
"""Rungs that are told in one transaction."""

READ = (
    *("state", "version", "severity", "unit", "unit_path", "area_path", "task_reach"),
    *("route_reason", "drawn_verifiers", "rectified_by"),
)
"""The columns of a case that say who hears, and what: it has forty, and a sweep tells of many thousands."""

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


def tell_escalations(*, acting_user: None, now: datetime, batch: int = TOLD_AT_ONCE) -> int:
    """Write the notices of those who should hear and were not told yet; how many rungs were told."""
    told, hearing = 0, Hearing()
    while some := _tell_some(now, batch, hearing):
        told += some
    return told


@dataclass(frozen=True)
class Hearers:
    """Who hears: on which rung, in whose mailbox, and who on their own pages."""

    rung: Rung
    unit: Unit | None
    members: list[User]


@transaction.atomic
def _tell_some(now: datetime, most: int, hearing: "Hearing") -> int:
    """Tell the oldest rungs, each or the next one up that has anybody; 0 when all are told."""
    rows = list(
        Escalation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("case")
        .only("rung", "at", "clock", *(f"case__{name}" for name in READ))
        .prefetch_related("case__unit")
        .annotate(task=F("clock__task"))
        .filter(hears=True, told_at=None)
        .order_by("pk")[:most]
    )
    events = _events_of(rows)
    tasks = CaseTask.objects.select_related("unit").in_bulk({row.task for row in rows if row.task})
    heard = [hearing.of(tasks.get(row.task, row.case), Rung(row.rung)) for row in rows]
    lines = [
        Told(event, row.case, _kind(Rung(row.rung), found.rung), found.members, found.unit)
        for row, event, found in zip(rows, events, heard, strict=True)
        if found is not None
    ]
    write_all(lines, now)
    told = []
    for row, event, found in zip(rows, events, heard, strict=True):
        rung = found.rung if found else Rung.NOBODY
        told.append((row.pk, found.unit.pk if found and found.unit else None, int(rung)))
        if rung != row.rung:
            _say_passed(event, row.case, Rung(row.rung), rung, now)
    keep_told(told, now)
    return len(rows)


class Hearing:
    """Who hears for a unit, a place and a rung: looked up once in a sweep."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Hearers | None] = {}

    def of(self, work: Work, rung: Rung) -> Hearers | None:
        """Who hears of the work for this rung, as `hearers` says."""
        key = (rung, work.unit_id, work.area_path, *roles_told(work))
        if key not in self._known:
            self._known[key] = hearers(work, rung)
        return self._known[key]


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


def _events_of(rows: Iterable[Escalation]) -> list[CaseEvent]:
    """The entry of the history with which each clock reached its rung."""
    which = {(row.case_id, row.at) for row in rows}
    cases, times = {case for case, _ in which}, {at for _, at in which}
    told: dict[tuple[int, datetime], list[CaseEvent]] = defaultdict(list)
    events = CaseEvent.objects.filter(case__in=cases, step="escalated", at__in=times)
    for event in events.only("case", "at", "actor", "changes").order_by("-id"):
        told[event.case_id, event.at].append(event)
    return [_own(told[row.case_id, row.at], row.clock_id) for row in rows]


def _own(events: list[CaseEvent], clock: int) -> CaseEvent:
    """That of this clock: two of a case may have moved at once."""
    return next((each for each in events if each.changes.get("clock") == [clock] * 2), events[0])


def _say_passed(event: CaseEvent, case: Case, rung: Rung, told: Rung, now: datetime) -> None:
    """Write into the history that a level has nobody who hears; the version stays."""
    said = CaseEvent.objects.create(
        case=case,
        at=now,
        step="escalated_higher" if told else "escalated_to_nobody",
        state_before=case.state,
        state_after=case.state,
        source="system",
        changes={**event.changes, "rung": [int(rung), int(told)]},
    )
    tell_pages(said, case)
