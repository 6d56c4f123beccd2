"""Somebody hears of an event: a line in the lists of members, and messages on their way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from anlan.cases.notices import TOLD, NoticeKind, is_urgent
from anlan.staff.notices import NO_CHOICE, Choice, Way, send_at
from anlan.store.keeping_notices import keep_notices
from anlan.store.models import Case, CaseEvent, CaseTask, Delivery, NoticeChoice, Unit, User, Webhook
from anlan.store.models.notices import WAITING
from anlan.store.readers.receivers import choices_of, members_told, unit_told, webhooks_told


@transaction.atomic
def notify(*, acting_user: None, event_id: int, now: datetime) -> int:
    """Write the notices and messages of one event, and give the number of messages; again, nothing more."""
    event = CaseEvent.objects.get(pk=event_id)
    case = Case.objects.select_related("unit").get(pk=event.case_id)
    hooks = webhooks_told(case)
    Delivery.objects.bulk_create((_to_system(event, hook, now) for hook in hooks), ignore_conflicts=True)
    if event.step not in TOLD:
        return len(hooks)
    kind, audience = TOLD[event.step]
    work = _work_of(event) or case
    return len(hooks) + write_notices(
        event, case, kind, members_told(work, audience), unit_told(work, audience), now
    )


def write_notices(
    event: CaseEvent,
    case: Case,
    kind: NoticeKind,
    members: Iterable[User],
    unit: Unit | None,
    now: datetime,
) -> int:
    """Write one event into the lists of `members`, and what leaves for them and for the mailbox of `unit`.

    Inside the caller's transaction; gives the number of messages. Whoever acted is not told.
    """
    return write_all([Told(event, case, kind, members, unit)], now)


@dataclass(frozen=True)
class Told:
    """An event, and who hears of it."""

    event: CaseEvent
    case: Case
    kind: NoticeKind
    members: Iterable[User]
    unit: Unit | None


def write_all(lines: Sequence[Told], now: datetime) -> int:
    """The same for many events at once; so many queries for all of them, and one for each message by a way of
    a member's own.
    """
    pairs = [(each, user) for each in lines for user in each.members if user.pk != each.event.actor_id]
    keep_notices([(user.pk, each.case.pk, each.event.pk, each.kind) for each, user in pairs], now)
    choices = choices_of({user for _, user in pairs})
    messages = [
        message
        for each, user in pairs
        for message in _to_member(
            each.event, each.case, each.kind, user, choice_of(choices.get(user.pk)), now
        )
    ]
    messages += [
        _to_unit(each.event, each.case, each.kind, each.unit, now)
        for each in lines
        if each.unit is not None and each.unit.email
    ]
    Delivery.objects.bulk_create(messages, ignore_conflicts=True)
    return len(messages)


def _work_of(event: CaseEvent) -> CaseTask | None:
    """The task that an event is about; None for one of the case itself."""
    task = event.changes.get("task", [None])[-1]
    return CaseTask.objects.select_related("unit").filter(pk=task).first() if task else None


def choice_of(kept: NoticeChoice | None) -> Choice:
    """How a member wants to be told, as the rules read it."""
    if kept is None:
        return NO_CHOICE
    ways: dict[str, set[Way]] = {}
    for way, kinds in ((Way.EMAIL, kept.by_email), (Way.SMS, kept.by_sms)):
        for kind in kinds:
            ways.setdefault(kind, set()).add(way)
    return Choice(
        {kind: frozenset(chosen) for kind, chosen in ways.items()},
        kept.digest_at,
        kept.quiet_from,
        kept.quiet_to,
    )


def _to_member(
    event: CaseEvent, case: Case, kind: NoticeKind, user: User, choice: Choice, now: datetime
) -> Iterator[Delivery]:
    """What leaves for one member; earlier messages of the case come no later than an urgent one."""
    urgent = is_urgent(case.severity)
    for way in sorted(choice.ways.get(kind, ())):
        receiver = f"user:{user.pk}"
        at = send_at(way, choice, timezone.localtime(now), urgent=urgent)
        Delivery.objects.filter(WAITING, receiver=receiver, way=way, case=case, send_at__gt=at).update(
            send_at=at
        )
        yield Delivery(event=event, case=case, kind=kind, way=way, receiver=receiver, user=user, send_at=at)


def _to_unit(event: CaseEvent, case: Case, kind: NoticeKind, unit: Unit, now: datetime) -> Delivery:
    receiver = f"unit:{unit.pk}"
    return Delivery(
        event=event, case=case, kind=kind, way=Way.EMAIL, receiver=receiver, unit=unit, send_at=now
    )


def _to_system(event: CaseEvent, hook: Webhook, now: datetime) -> Delivery:
    return Delivery(
        event=event,
        case_id=event.case_id,
        kind=event.step,
        way=Way.WEBHOOK,
        receiver=f"webhook:{hook.pk}",
        webhook=hook,
        send_at=now,
    )
