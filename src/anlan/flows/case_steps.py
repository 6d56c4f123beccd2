"""The one way in which a case changes its state: lock, decide, write state and history together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import DateField
from django.utils import timezone

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases import deadlines, states
from anlan.cases.deadlines import Terms
from anlan.cases.retention import contact_erased_after
from anlan.cases.terms import State, Step
from anlan.flows import clocks
from anlan.flows.close_alarms import close_with_case
from anlan.flows.erase_photos import date_photos
from anlan.flows.follow_ups import tell_pages, tell_people
from anlan.flows.publish_cases import restate
from anlan.staff.permissions import deciding
from anlan.staff.terms import Action, Placed
from anlan.store.models import Case, CaseEvent, Contact, Report, Unit, User
from anlan.store.readers.limits import terms_for
from anlan.store.readers.locked_cases import locked_case
from anlan.store.readers.prepared import Given, PreparedUpdate
from anlan.store.readers.staff import Acting

NO_COLUMNS: Mapping[str, Any] = MappingProxyType({})
UNTOLD = frozenset({"near_at"})
"""Columns that follow from others, and so are not in the history."""

NO_UNIT: Mapping[str, Any] = MappingProxyType({"unit": None, "unit_path": "", "interim_due_at": None})


@dataclass(frozen=True)
class Actor:
    """Who takes a step, and in which role and unit; a resident or the system has neither."""

    user: User | None = None
    unit: Unit | None = None
    role: str = ""
    source: str = ""


def lock(acting_user: Acting, case_id: int, *, version: int, action: Action) -> tuple[Case, Actor]:
    """The case, locked until the transaction ends, and the role in which `acting_user` may do `action`.

    Raises NotFound when it does not exist or is not theirs to see, Refused("not_permitted") when they may see
    it but not do this, Conflict when it moved on after `version` was read.
    """
    case = lock_seen(acting_user, case_id)
    actor = allowed(acting_user, action, case)
    check_version(case, version)
    return case, actor


def lock_seen(acting_user: Acting, case_id: int) -> Case:
    """The case, locked until the transaction ends, if this person may see it. Raises NotFound."""
    case = locked_case(acting_user, case_id)
    if case is None:
        raise NotFound
    return case


def allowed(acting_user: Acting, action: Action, thing: Placed) -> Actor:
    """The role in which this person may do `action` to `thing`. Raises Refused("not_permitted")."""
    membership = deciding(acting_user.memberships, action, thing)
    if membership is None:
        raise Refused("not_permitted", action=action)
    return Actor(acting_user.user, membership.unit, membership.role)


def check_version(case: Case, version: int) -> None:
    """Raise Conflict when the case moved on after `version` was read, or when it never had that version."""
    if case.version != version:
        raise Conflict(missed=min(max(case.version - version, 0), case.version))


def take(
    case: Case,
    step: Step,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    columns: Mapping[str, Any] = NO_COLUMNS,
    told: Mapping[str, list[Any]] = NO_COLUMNS,
) -> CaseEvent:
    """Move a locked case one step, set `columns` with it, and write its history.

    `told` goes into the history beside what changed: {"what": [before, after]}.

    Raises Refused for a step that the table of states does not have or that lacks its reason.
    """
    before = State(case.state)
    former = State(case.former_state) if case.former_state else None
    reached = states.after(before, step, former)
    states.check_reason(step, reason)
    away = reached in (State.PARKED, State.MERGED)
    states_now = {"state": reached, "former_state": before if away else ""}
    terms = _terms(case, columns)
    columns = states_now | _clock(case, reached, now, terms) | dict(columns)
    changes = {name: [_said(getattr(case, name)), _said(value)] for name, value in columns.items()}
    for name, value in columns.items():
        setattr(case, name, value)
    if (before in states.ENDED) is not (reached in states.ENDED):
        _date_erasure(case, reached, now)
    clocks.follow(case, now, terms)
    if reached is State.CLOSED:
        close_with_case(case, actor.user, now)
    return record(
        case,
        step,
        actor=actor,
        now=now,
        reason=reason,
        state_before=before,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1] and name not in UNTOLD}
        | dict(told),
    )


def record(
    case: Case,
    step: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    state_before: str = "",
    changes: dict[str, list[Any]] | None = None,
) -> CaseEvent:
    """Save a locked case under its next version and write what happened to its history."""
    case.version += 1
    case.save_changed()
    restate(case, now, changes or {})
    event = CaseEvent.objects.create(
        case=case,
        at=now,
        step=step,
        state_before=state_before or case.state,
        state_after=case.state,
        actor=actor.user,
        actor_unit=actor.unit,
        actor_role=actor.role,
        source=actor.source,
        reason=reason.strip(),
        changes=changes or {},
    )
    tell_pages(event, case)
    tell_people(event)
    return event


def _terms(case: Case, columns: Mapping[str, Any]) -> Terms:
    """The terms by which the case goes on, with the category and severity that the step gives it."""
    category, severity = (columns.get(name, getattr(case, name)) for name in ("category", "severity"))
    return terms_for(category, severity)


def _clock(case: Case, reached: State, now: datetime, terms: Terms) -> dict[str, Any]:
    """The columns of the deadline for a case that reaches a state; a stage that goes on keeps its end."""
    stage = states.WAITS_FOR.get(reached, "")
    if stage == case.stage:
        return {}
    due_at = deadlines.due(stage, now, terms) if stage else None
    near_at = deadlines.near(stage, now, due_at, terms) if due_at else None
    return {"stage": stage, "stage_since": now, "due_at": due_at, "near_at": near_at}


_DATE_CONTACTS = PreparedUpdate(
    lambda: Contact.objects.filter(report__in=Report.objects.filter(case=Given("case"))),
    erase_after=Given("last_day", DateField()),
)


def _date_erasure(case: Case, reached: State, now: datetime) -> None:
    """Until when contacts and photos of the case are kept: set when it ends, unset when it goes on."""
    if reached is State.MERGED:
        return
    ended_on = timezone.localdate(now) if reached in states.ENDED else None
    last_day = contact_erased_after(ended_on) if ended_on else None
    _DATE_CONTACTS(case=case.pk, last_day=last_day)
    date_photos(case, ended_on)


def _said(value: Any) -> Any:
    """A column's value as history keeps it."""
    if isinstance(value, Unit):
        return value.name
    return value if value is None or isinstance(value, int | float | str) else str(value)
