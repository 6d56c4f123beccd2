"""What a member was told; which other systems are told, and what they did not take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, F, Q, Window

from anlan.base.errors import NotFound
from anlan.staff.notices import Way
from anlan.staff.terms import Action
from anlan.store.models import Delivery, Notice, NoticeChoice, Webhook
from anlan.store.models.notices import WAITING
from anlan.store.readers.prepared import Given, Prepared
from anlan.store.readers.staff import Acting

PAGE = 50
DEAD = Q(dead_at__isnull=False)


@dataclass(frozen=True)
class NoticePage:
    """One page of a member's notices, the newest first; `next_after` is the id of the last, or 0."""

    notices: list[Notice]
    total: int
    unseen: int
    next_after: int


def unseen(user: AbstractBaseUser) -> int:
    """How many notices a member has not seen; one query."""
    rows = _UNSEEN(user=user.pk)
    return int(rows[0][0]) if rows else 0


_UNSEEN = Prepared(
    lambda: (
        Notice.objects.filter(user_id=Given("user"), seen_at=None)
        .order_by()
        .values("user_id")
        .annotate(n=Count("pk"))
        .values_list("n")
    )
)


def notice_page(acting: Acting, after: int) -> NoticePage:
    """The notices after the one with the id `after` (0: from the newest on); three queries."""
    mine = Notice.objects.filter(user=acting.user)
    counts = mine.aggregate(total=Count("pk"), unseen=Count("pk", filter=Q(seen_at=None)))
    older = mine.filter(pk__lt=after) if after else mine
    rows = list(
        older.select_related("case__category", "case__area")
        .defer("case__words", "case__area__boundary")
        .order_by("-id")[: PAGE + 1]
    )
    shown = rows[:PAGE]
    return NoticePage(shown, **counts, next_after=shown[-1].pk if len(rows) > PAGE else 0)


def choice_kept(acting: Acting) -> NoticeChoice | None:
    """How this member wants to be told; None when they never said."""
    return NoticeChoice.objects.filter(user=acting.user).first()


@dataclass(frozen=True)
class Heard:
    """A system and how its messages fare."""

    hook: Webhook
    waiting: int
    dead: int
    sent: int


def webhooks(acting: Acting) -> list[Heard]:
    """All systems that are told; raises NotFound for who administers less than the city."""
    if not acting.may_in_whole_city(Action.MANAGE_WEBHOOKS):
        raise NotFound
    counted = (
        Webhook.objects.select_related("area")
        .defer("area__boundary")
        .annotate(
            waiting=Count("deliveries", filter=Q(deliveries__sent_at=None, deliveries__dead_at=None)),
            dead=Count("deliveries", filter=Q(deliveries__dead_at__isnull=False)),
            sent=Count("deliveries", filter=Q(deliveries__sent_at__isnull=False)),
        )
        .order_by("name")
    )
    return [Heard(each, each.waiting, each.dead, each.sent) for each in counted]


def one_webhook(acting: Acting, webhook_id: int) -> Heard:
    """One system; raises NotFound."""
    found = [each for each in webhooks(acting) if each.hook.pk == webhook_id]
    if not found:
        raise NotFound
    return found[0]


def dead_letters(hook: Webhook) -> list[Delivery]:
    """What a system did not take, the newest first, at most PAGE."""
    return list(
        Delivery.objects.filter(DEAD, webhook=hook)
        .select_related("case", "event")
        .order_by("-dead_at", "-id")[:PAGE]
    )


def letters_to_people(acting: Acting) -> Sequence[Delivery]:
    """What no mailbox and no phone took: the newest for each receiver and way, with `count` of all of them.

    The newest first, at most PAGE, in one query. Raises NotFound for who administers less than the city.
    """
    if not acting.may_in_whole_city(Action.MANAGE_WEBHOOKS):
        raise NotFound
    newest = (
        Delivery.objects.filter(DEAD)
        .exclude(way=Way.WEBHOOK)
        .annotate(count=Window(Count("pk"), partition_by=[F("way"), F("receiver")]))
        .select_related("case", "unit", "user")
        .defer("case__words")
        .order_by("way", "receiver", "-dead_at", "-id")
        .distinct("way", "receiver")
    )
    found = sorted(newest, key=lambda each: (each.dead_at, each.pk), reverse=True)
    return found[:PAGE]


def oldest_waiting() -> datetime | None:
    """Since when the longest waiting message should have left; None when nothing is late."""
    first = Delivery.objects.filter(WAITING).order_by("send_at").first()
    return first.send_at if first is not None else None
