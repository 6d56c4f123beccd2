"""Warnings to people: written, signed by a second person, issued, updated, cancelled, expired; drills."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.follow_ups import in_turn
from anlan.flows.tell_walls import tell_walls
from anlan.sensing.cap.composing import compose
from anlan.sensing.terms import MessageKind, MessageStatus, WarningState, WarningStep
from anlan.sensing.warning_messages import fields_of, inside, points_of, reference
from anlan.sensing.warning_states import after, check_meant, check_second_person
from anlan.staff.permissions import deciding
from anlan.staff.terms import Action
from anlan.store.models import Area, Drill, User, Warning, WarningEvent
from anlan.store.readers.staff import Acting, scope_q
from anlan.store.readers.warned import chain_of
from anlan.store.readers.warning_templates import alarm_to_warn_of, template_of
from anlan.store.readers.warnings import drill_over

ENDS = {MessageKind.UPDATE: WarningStep.REPLACE, MessageKind.CANCEL: WarningStep.CANCEL}
WRITING = (WarningStep.DRAFT, WarningStep.CHANGE)


@dataclass(frozen=True)
class WarningFacts:
    """A warning as the form has it; `shape` is "lat,lng lat,lng ..." or "" for the whole area."""

    status: str
    typed_status: str
    area_code: str
    colour: str
    category: str
    urgency: str
    certainty: str
    event_zh: str
    event_en: str
    headline_zh: str
    headline_en: str
    description_zh: str
    description_en: str
    instruction_zh: str
    instruction_en: str
    shape: str
    onset: datetime
    expires: datetime


COPIED = (
    *("colour", "category", "urgency", "certainty", "event_zh", "event_en", "headline_zh", "headline_en"),
    *("description_zh", "description_en", "instruction_zh", "instruction_en", "onset", "expires"),
)


@transaction.atomic
def draft_warning(
    *, acting_user: Acting, facts: WarningFacts, now: datetime, follows: int = 0, alarm_id: int = 0
) -> Warning:
    """Write a message; with `follows` one that updates the issued warning of that id.

    With `alarm_id` it is written from an alarm, which it names for good with the template that it began with.

    Raises NotFound, Refused of `check_meant`, "shape_malformed", "shape_outside", "expires_too_early".
    """
    before = _issued(acting_user, follows) if follows else None
    area = _area(acting_user, facts.area_code)
    check_meant(
        facts.status,
        before.status if before else "",
        drill=drill_over(area.path) is not None,
        typed=facts.typed_status,
    )
    message = Warning(
        identifier=str(uuid4()),
        kind=MessageKind.UPDATE if before else MessageKind.ALERT,
        status=facts.status,
        area=area,
        area_path=area.path,
        polygon=_shape(facts.shape, area),
        follows=before,
        **_from_alarm(acting_user, alarm_id),
        **_writer(acting_user, area),
        **{name: getattr(facts, name) for name in COPIED},
    )
    _check_times(message, now)
    message.save()
    _note(message, acting_user.user, WarningStep.DRAFT, now)
    return message


@transaction.atomic
def change_warning(*, acting_user: Acting, warning_id: int, facts: WarningFacts, now: datetime) -> Warning:
    """Correct a draft. Raises as `draft_warning` does, and Refused("warning_step_not_allowed")."""
    message = warning_for(acting_user, warning_id, Action.DRAFT_WARNING)
    after(message.state, WarningStep.CHANGE)
    area = _area(acting_user, facts.area_code)
    before = message.follows.status if message.follows else ""
    check_meant(facts.status, before, drill=drill_over(area.path) is not None, typed=facts.typed_status)
    message.status, message.area, message.area_path = facts.status, area, area.path
    message.polygon = _shape(facts.shape, area)
    for name in COPIED:
        setattr(message, name, getattr(facts, name))
    _check_times(message, now)
    _move(message, WarningStep.CHANGE, acting_user.user, now)
    return message


@transaction.atomic
def draft_cancel(*, acting_user: Acting, warning_id: int, why: str, now: datetime) -> Warning:
    """Write the message that ends an issued warning. Raises NotFound, Refused("reason_missing")."""
    before = _issued(acting_user, warning_id)
    if not why.strip():
        raise Refused("reason_missing")
    message = Warning(
        identifier=str(uuid4()),
        kind=MessageKind.CANCEL,
        status=before.status,
        area=before.area,
        area_path=before.area_path,
        polygon=before.polygon,
        follows=before,
        **_writer(acting_user, before.area),
        **{name: getattr(before, name) for name in COPIED},
    )
    message.description_zh, message.instruction_zh, message.instruction_en = why.strip(), "", ""
    message.save()
    _note(message, acting_user.user, WarningStep.DRAFT, now, why)
    return message


@transaction.atomic
def hand_in(*, acting_user: Acting, warning_id: int, now: datetime) -> Warning:
    """Give a message to a second person. Raises NotFound, Refused("warning_faulty")."""
    message = warning_for(acting_user, warning_id, Action.DRAFT_WARNING)
    _composed(message, now)
    _move(message, WarningStep.HAND_IN, acting_user.user, now)
    return message


@transaction.atomic
def send_back(*, acting_user: Acting, warning_id: int, why: str, now: datetime) -> Warning:
    """The second person does not sign. Raises NotFound, Refused("reason_missing")."""
    message = warning_for(acting_user, warning_id, Action.SIGN_WARNING)
    if not why.strip():
        raise Refused("reason_missing")
    _move(message, WarningStep.SEND_BACK, acting_user.user, now, why)
    return message


@transaction.atomic
def drop_warning(*, acting_user: Acting, warning_id: int, now: datetime) -> Warning:
    """Throw away a message that was not issued. Raises NotFound."""
    message = warning_for(acting_user, warning_id, Action.DRAFT_WARNING)
    _move(message, WarningStep.DROP, acting_user.user, now)
    return message


@transaction.atomic
def issue_warning(*, acting_user: Acting, warning_id: int, typed_status: str, now: datetime) -> Warning:
    """Issue a message: as its writer when yellow or blue, as a second person when red or orange.

    Raises NotFound, Refused of `check_second_person` and `check_meant`, Refused("warning_faulty").
    """
    message = warning_for(acting_user, warning_id, Action.SIGN_WARNING)
    after(message.state, WarningStep.ISSUE)
    check_second_person(message.colour, _writers(message), acting_user.user.pk, message.state)
    drill = drill_over(message.area_path) is not None
    check_meant(
        message.status, message.follows.status if message.follows else "", drill=drill, typed=typed_status
    )
    if message.follows is not None:
        before = Warning.objects.select_for_update().get(pk=message.follows.pk)
        _move(before, ENDS[MessageKind(message.kind)], acting_user.user, now)
    message.document = _composed(message, now).decode()
    message.sent_at, message.sender = now, _sender(message)
    _move(message, WarningStep.ISSUE, acting_user.user, now)
    in_turn("tell_warning", f"warning:{chain_of(message)}", warning_id=message.pk)
    return message


def expire_warnings(*, acting_user: None, now: datetime) -> int:
    """End the warnings whose time is over; how many."""
    with transaction.atomic():
        over = Warning.objects.filter(state=WarningState.ISSUED, expires__lte=now)
        messages = list(over.select_for_update(skip_locked=True))
        for message in messages:
            _move(message, WarningStep.EXPIRE, None, now)
        return len(messages)


@transaction.atomic
def begin_drill(*, acting_user: Acting, area_code: str, words: str, now: datetime) -> Drill:
    """Begin a drill in an area. Raises NotFound, Refused("drill_running"), Refused("reason_missing")."""
    area = _area(acting_user, area_code, Action.SIGN_WARNING)
    if not words.strip():
        raise Refused("reason_missing")
    if Drill.objects.filter(area=area, ended_at=None).exists():
        raise Refused("drill_running")
    drill = Drill.objects.create(
        area=area, area_path=area.path, words=words.strip(), began_at=now, began_by=acting_user.user
    )
    tell_walls(area.path)
    return drill


@transaction.atomic
def end_drill(*, acting_user: Acting, drill_id: int, now: datetime) -> Drill:
    """End a drill; its own warnings end with it. Raises NotFound."""
    found = Drill.objects.filter(scope_q(acting_user, Action.SIGN_WARNING, unit=None), ended_at=None)
    drill = found.filter(pk=drill_id).select_for_update().first()
    if drill is None:
        raise NotFound
    drill.ended_at, drill.ended_by = now, acting_user.user
    drill.save(update_fields=["ended_at", "ended_by"])
    exercises = Warning.objects.filter(
        area_path__startswith=drill.area_path, state=WarningState.ISSUED, sent_at__gte=drill.began_at
    ).exclude(status=MessageStatus.ACTUAL)
    for message in exercises.select_for_update():
        _move(message, WarningStep.EXPIRE, acting_user.user, now)
    tell_walls(drill.area_path)
    return drill


def warning_for(acting: Acting, warning_id: int, action: Action) -> Warning:
    """The message, locked, when this person may do `action` to it. Raises NotFound."""
    found = Warning.objects.filter(scope_q(acting, action, unit=None), pk=warning_id)
    message = found.select_for_update(of=("self",)).select_related("area", "unit", "follows").first()
    if message is None:
        raise NotFound
    return message


def _issued(acting: Acting, warning_id: int) -> Warning:
    message = warning_for(acting, warning_id, Action.DRAFT_WARNING)
    if message.state != WarningState.ISSUED or message.kind == MessageKind.CANCEL:
        raise Refused("warning_step_not_allowed")
    if message.followers.exclude(state=WarningState.DROPPED).exists():
        raise Refused("warning_has_follower")
    return message


def _area(acting: Acting, code: str, action: Action = Action.DRAFT_WARNING) -> Area:
    found = Area.objects.filter(scope_q(acting, action, area="path", unit=None), code=code, in_use=True)
    area = found.first()
    if area is None:
        raise NotFound
    return area


def _writer(acting: Acting, area: Area) -> dict[str, object]:
    """The unit in whose name this person writes."""
    member = deciding(acting.memberships, Action.DRAFT_WARNING, _Spot(area.path))
    if member is None:
        raise NotFound
    return {"unit": member.unit, "unit_path": member.unit_path}


def _from_alarm(acting: Acting, alarm_id: int) -> dict[str, object]:
    """The alarm that a message is written from, and the template in force for it. Raises NotFound."""
    if not alarm_id:
        return {}
    alarm = alarm_to_warn_of(acting, alarm_id)
    return {"alarm": alarm, "template": template_of(alarm).version}


@dataclass(frozen=True)
class _Spot:
    area_path: str
    unit_path: str = ""


def _shape(text: str, area: Area) -> list[list[float]]:
    """The points of a shape. Raises Refused("shape_malformed"), Refused("shape_outside")."""
    points = points_of(text)
    if points is None or 0 < len(points) < 4:
        raise Refused("shape_malformed")
    if points and not inside(points, bytes(area.boundary) if area.boundary else None):
        raise Refused("shape_outside", area=area.name)
    return points


def _check_times(message: Warning, now: datetime) -> None:
    if message.expires <= max(message.onset, now):
        raise Refused("expires_too_early")


def _writers(message: Warning) -> frozenset[int]:
    """Everybody who wrote some of it."""
    wrote = message.events.filter(step__in=WRITING).values_list("actor_id", flat=True)
    return frozenset(each for each in wrote if each)


def _sender(message: Warning) -> str:
    host = urlsplit(settings.ANLAN_PUBLIC_URL).hostname or "anlan.invalid"
    return f"{message.unit.code}@{host}"


def _composed(message: Warning, now: datetime) -> bytes:
    """The message as CAP. Raises Refused("warning_faulty") with every fault."""
    if message.follows is not None:
        before = message.follows
        references = [before.references] if before.references else []
        references.append(reference(before.identifier, before.sender, before.sent_at or now))
        message.references = " ".join(references)
    base = settings.ANLAN_PUBLIC_URL.rstrip("/")
    document, faults = compose(
        fields_of(
            message,
            sender=_sender(message),
            sender_name=message.unit.name,
            sent=now,
            place=message.area.name,
            code=message.area.code,
            web=f"{base}/warnings/" if base else "",
        )
    )
    if faults:
        raise Refused("warning_faulty", faults="; ".join(f"{each.path}: {each.message}" for each in faults))
    return document


def _move(message: Warning, step: WarningStep, actor: User | None, now: datetime, note: str = "") -> None:
    """Take a step: state, history, news. Raises Refused("warning_step_not_allowed")."""
    message.state = after(message.state, step)
    message.save()
    _note(message, actor, step, now, note)
    tell_walls(message.area_path)


def _note(message: Warning, actor: User | None, step: WarningStep, now: datetime, note: str = "") -> None:
    WarningEvent.objects.create(warning=message, at=now, actor=actor, step=step, note=note.strip()[:500])
