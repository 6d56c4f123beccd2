"""The desk gives a case to a unit, takes it back, or ends it as no hazard."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases.giving import may_give, meeting
from anlan.cases.terms import Step
from anlan.flows import case_steps
from anlan.flows.secure_case import interim_columns
from anlan.staff.terms import Action
from anlan.store.models import Area, Case, Unit
from anlan.store.readers.routing import hazard_of, suggestion_for
from anlan.store.readers.staff import Acting, scope_roots


@transaction.atomic
def dispatch_case(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, unit_code: str, reason: str = ""
) -> Case:
    """Give the case to the unit with `unit_code`; another unit than the suggested one needs a reason.

    Raises Refused("unit_unknown", "unit_elsewhere", "reason_for_other_unit", ...), NotFound, Conflict.
    """
    held = hold_unit(unit_code)
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    suggestion = suggestion_for(hazard_of(case), case.category, now)
    unit = unit_to_give(acting_user, case, unit_code, held, suggestion.unit_code if suggestion else "")
    if suggestion is not None and suggestion.unit_code != unit.code and not reason.strip():
        raise Refused("reason_for_other_unit", suggested=suggestion.reason["unit_name"])
    route = suggestion.reason if suggestion else {}
    given = {"unit": unit, "unit_path": unit.path} | _interim(case, now)
    case.route_reason = route
    told = {"route": [None, route]}
    case_steps.take(case, Step.DISPATCH, actor=actor, now=now, reason=reason, columns=given, told=told)
    return case


def hold_unit(unit_code: str) -> Unit | None:
    """The unit that acts with this code, locked so that one that moves just now gives its new path.

    Locked before the case that it gets, as whoever moves or closes a unit does: see docs/decisions/0177.
    """
    return Unit.objects.select_for_update(no_key=True).filter(code=unit_code, active=True).first()


def unit_to_give(
    acting_user: Acting, case: Case, unit_code: str, unit: Unit | None, suggested: str = ""
) -> Unit:
    """The unit that was held for this code, if this person may give it a part in the case.

    Raises Refused("unit_unknown"), Refused("unit_elsewhere") for one that works neither where the case lies
    nor in the person's own areas, unless the rules in force `suggested` it.
    """
    if unit is None:
        raise Refused("unit_unknown", code=unit_code)
    own = scope_roots(acting_user, Action.DISPATCH)
    if not may_give(unit=unit.area_path, case=case.area_path, own=own, meant=unit.code == suggested):
        both = Area.objects.filter(path=meeting(unit.area_path, case.area_path)).first()
        raise Refused("unit_elsewhere", unit=unit.name, area=both.name if both else "")
    return unit


def _interim(case: Case, now: datetime) -> dict[str, Any]:
    """By when the unit must make the place safe; what another unit made safe stays so."""
    return interim_columns(case, now) if case.interim_at is None else {}


@transaction.atomic
def recall_case(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """Take back a case that was sent by mistake and that the unit has not begun.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    case_steps.take(case, Step.RECALL, actor=actor, now=now, reason=reason, columns=case_steps.NO_UNIT)
    return case


@transaction.atomic
def cancel_case(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """End a case that turned out to be no hazard.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    case_steps.take(case, Step.CANCEL, actor=actor, now=now, reason=reason)
    return case
