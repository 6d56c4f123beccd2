"""A person decides on reports that were held: one decision for a group, and a history for each report."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.base.errors import NotFound, Refused
from anlan.cases.holding import Decision
from anlan.cases.retention import HELD_CONTACT_DAYS
from anlan.cases.terms import Channel, PlaceSource
from anlan.flows import case_steps
from anlan.flows.follow_ups import later
from anlan.flows.hold_report import said_of, told_of
from anlan.flows.mail_threads import forget_thread
from anlan.flows.new_case import open_case
from anlan.flows.publish_cases import await_reading
from anlan.flows.submit_report import Came, area_of, category_of, hazard_of, store_report
from anlan.staff.permissions import deciding
from anlan.staff.terms import Action, Spot
from anlan.store.models import Case, CaseEvent, HeldGroup, HeldLook, HeldReport, Membership, Report
from anlan.store.readers.held import waiting_in
from anlan.store.readers.staff import Acting, scope_q

MOST_CASES = 200
"""Cases that one decision opens; what is left of the group waits for the same button."""


@dataclass(frozen=True)
class Placing:
    """Of which kind a report is and where, for those that do not say so themselves; "" leaves it as it is."""

    category_code: str = ""
    area_code: str = ""
    address: str = ""


AS_TOLD = Placing()

KEPT = timedelta(days=30)
"""How long the words of what was set aside are kept: so long the decision can be undone."""


@transaction.atomic
def decide_held(
    *,
    acting_user: Acting,
    group_id: int,
    decision: Decision,
    now: datetime,
    reason: str = "",
    placing: Placing = AS_TOLD,
) -> int:
    """Decide on what waits of a group in the areas of this person; on how many reports that was.

    Let in, each becomes a report with the receipt it has, and its case begins now: the clock of the desk does
    not run while nobody at the desk can see it. When it came stays with the report. `placing` is for those
    that came without a kind.
    Raises NotFound, Refused("reason_missing", "kind_missing", "category_unknown", "area_unknown").
    """
    reason = reason.strip()
    if decision is Decision.SET_ASIDE and not reason:
        raise Refused("reason_missing")
    waiting = _waiting(acting_user, group_id, MOST_CASES if decision is Decision.LET_IN else None)
    if not waiting:
        raise NotFound
    if decision is not Decision.SET_ASIDE:
        for held in waiting:
            _place(held, placing)
    if decision is Decision.LET_IN:
        for held in waiting:
            _open(acting_user, held, now)
    elif decision is Decision.LET_IN_TOGETHER:
        _open_together(acting_user, waiting, now)
    for held in waiting:
        _note(acting_user, held, decision, reason, now)
    if not HeldReport.objects.filter(group=group_id, decided_at=None, withdrawn_at=None).exists():
        HeldGroup.objects.filter(pk=group_id).update(mark=None)
    return len(waiting)


@transaction.atomic
def undo_set_aside(*, acting_user: Acting, held_id: int, now: datetime) -> int | None:
    """Let in after all what was set aside, while its words are kept; the id of its case.

    None for one that names no kind: it waits again, for somebody who says which. Raises NotFound.
    """
    mine = _mine(acting_user).filter(pk=held_id, decision=Decision.SET_ASIDE).exclude(told={})
    held = mine.first()
    if held is None:
        raise NotFound
    if held.category_id is None:
        held.decision, held.decided_at, held.decided_why = "", None, ""
        held.decided_by = held.decided_unit = None
        held.save()
        return None
    case = _open(acting_user, held, now)
    _note(acting_user, held, Decision.LET_IN, held.decided_why, now)
    return case.pk


@transaction.atomic
def look_at_held(*, acting_user: Acting, group_id: int, now: datetime) -> None:
    """Write down that this person reads the words of a group; once a day. Raises NotFound where none wait."""
    if not waiting_in(acting_user, group_id).exists():
        raise NotFound
    look = HeldLook(group_id=group_id, user=acting_user.user, day=timezone.localdate(now))
    HeldLook.objects.bulk_create([look], ignore_conflicts=True)


@transaction.atomic
def erase_set_aside(*, acting_user: None, now: datetime) -> int:
    """Erase what was told by reports that were set aside long ago; how many that were."""
    old = HeldReport.objects.filter(decision=Decision.SET_ASIDE, decided_at__lt=now - KEPT).exclude(told={})
    forget_thread(*old.values_list("idempotency_key", flat=True))
    return old.update(told={}, pictures=[])


@transaction.atomic
def erase_held_contacts(*, acting_user: None, now: datetime) -> int:
    """Erase how reporters may be reached about what nobody decided on for HELD_CONTACT_DAYS; how many.

    The words wait on: they may tell of a real hazard.
    """
    old = HeldReport.objects.filter(received_at__lt=now - timedelta(days=HELD_CONTACT_DAYS), decided_at=None)
    reached = old.filter(~Q(told__phone="") | ~Q(told__email="")).exclude(told={})
    rows = list(reached.select_for_update(of=("self",)))
    for held in rows:
        held.told |= {"phone": "", "email": ""}
    HeldReport.objects.bulk_update(rows, ["told"])
    forget_thread(*(held.idempotency_key for held in rows))
    return len(rows)


def _place(held: HeldReport, placing: Placing) -> None:
    """Put kind and place into what was told, where it came without a kind."""
    if held.category_id is not None:
        return
    if not placing.category_code:
        raise Refused("kind_missing")
    told = told_of(held.told)
    said = {name: value for name, value in asdict(placing).items() if value}
    told = replace(told, **said, place_source=PlaceSource.ADDRESS if placing.address else told.place_source)
    held.category, held.area = category_of(told), area_of(told)
    held.area_path, held.told = held.area.path, said_of(told)


def _mine(acting_user: Acting) -> QuerySet[HeldReport]:
    rows = HeldReport.objects.select_for_update(of=("self",)).select_related("category", "area")
    return rows.filter(scope_q(acting_user, Action.MODERATE, unit=None))


def _waiting(acting_user: Acting, group_id: int, most: int | None) -> Sequence[HeldReport]:
    """What waits of a group, the urgent first, locked."""
    mine = _mine(acting_user).filter(group=group_id, decided_at=None, withdrawn_at=None)
    return list(mine.order_by("-is_urgent", "received_at", "pk")[:most])


def _membership(acting_user: Acting, held: HeldReport) -> Membership:
    membership = deciding(acting_user.memberships, Action.MODERATE, Spot(held.area_path))
    assert membership is not None  # only rows of theirs were read
    return membership


def _open(acting_user: Acting, held: HeldReport, now: datetime) -> Case:
    """The case of one report, with a line in its history that it was held."""
    told = told_of(held.told)
    case, event = open_case(hazard_of(told), at=now, source="resident")
    _store(case, event, held, now)
    _record(acting_user, case, held, now, more=0)
    return case


def _open_together(acting_user: Acting, waiting: Sequence[HeldReport], now: datetime) -> None:
    """One case for all, begun by the first."""
    first, *others = waiting
    case, event = open_case(hazard_of(told_of(first.told)), at=now, source="resident")
    for held in (first, *others):
        _store(case, event, held, now)
    await_reading([case.pk], now)
    _record(acting_user, case, first, now, more=len(others))


def _store(case: Case, event: CaseEvent, held: HeldReport, now: datetime) -> Report:
    told = told_of(held.told)
    hashed, channel = bytes(held.receipt_hash), Channel(held.channel)
    came = Came(held.received_at, held.idempotency_key, hashed, channel)
    held.report = store_report(case, event, told=told, hazard=hazard_of(told), came=came, now=now)
    return held.report


def _record(acting_user: Acting, case: Case, held: HeldReport, now: datetime, *, more: int) -> None:
    """In the history of the case: when the report came, and that a person let it in."""
    member = _membership(acting_user, held)
    actor = case_steps.Actor(member.user, member.unit, member.role)
    changes: dict[str, list[Any]] = {"received_at": [None, held.received_at.isoformat()]}
    if more:
        changes["report_count"] = [case.report_count, case.report_count + more]
        case.report_count += more
    case_steps.record(case, "let_in", actor=actor, now=now, changes=changes)


def _note(acting_user: Acting, held: HeldReport, decision: Decision, reason: str, now: datetime) -> None:
    """Write on the report what was decided, and keep its words once only."""
    member = _membership(acting_user, held)
    held.decision, held.decided_at, held.decided_why = decision, now, reason
    held.decided_by, held.decided_unit = member.user, member.unit
    if held.report is not None:
        held.told, held.pictures = {}, []
    held.save()
    if held.channel == Channel.MAIL:
        later("answer_held", held_id=held.pk)
