"""Those who decide on reports that wait hear that one does: once for a group, again when one is urgent."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from anlan.cases.notices import NoticeKind
from anlan.flows.notify import choice_of
from anlan.staff.notices import Way, send_at
from anlan.store.models import Delivery, HeldReport, Notice, User
from anlan.store.readers.receivers import choices_of, desk_over, moderators_over


@transaction.atomic
def tell_held(*, acting_user: None, held_id: int, now: datetime) -> int:
    """Tell the nearest moderators of what waits, and the mailbox of the nearest desk; how many heard.

    Again nothing more, nor for another one of the same group: they are one decision.
    """
    held = HeldReport.objects.filter(pk=held_id, decided_at=None, withdrawn_at=None).first()
    if held is None:
        return 0
    kind = NoticeKind.HELD_URGENT if held.is_urgent else NoticeKind.HELD
    people = moderators_over(held.area_path)
    lines = [Notice(user=each, group_id=held.group_id, kind=kind, made_at=now) for each in people]
    Notice.objects.bulk_create(lines, ignore_conflicts=True)
    messages = [*_to_members(held, kind, people, now), *_to_desk(held, kind, now)]
    Delivery.objects.bulk_create(messages, ignore_conflicts=True)
    return len(lines)


def _to_members(
    held: HeldReport, kind: NoticeKind, people: Sequence[User], now: datetime
) -> Iterator[Delivery]:
    choices = choices_of(people)
    for each in people:
        choice = choice_of(choices.get(each.pk))
        for way in sorted(choice.ways.get(kind, ())):
            at = send_at(way, choice, timezone.localtime(now), urgent=held.is_urgent)
            yield Delivery(
                group_id=held.group_id, kind=kind, way=way, receiver=f"user:{each.pk}", user=each, send_at=at
            )


def _to_desk(held: HeldReport, kind: NoticeKind, now: datetime) -> Iterator[Delivery]:
    desk = desk_over(held.area_path)
    if desk is not None:
        receiver = f"unit:{desk.pk}"
        yield Delivery(
            group_id=held.group_id, kind=kind, way=Way.EMAIL, receiver=receiver, unit=desk, send_at=now
        )
