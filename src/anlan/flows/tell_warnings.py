"""A warning that was issued is written down for everybody who hears of it; again, nothing more.

Update and all clear go besides to those who got an earlier message of their chain. What still waits for
people then is not sent: the later message says more.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from anlan.base.errors import NotFound
from anlan.cases.notices import NoticeKind
from anlan.flows.issue_warnings import warning_for
from anlan.flows.notify import choice_of
from anlan.sensing.telling import NotSent, TellWay, is_for_public
from anlan.sensing.terms import Colour, MessageKind
from anlan.staff.notices import after_quiet
from anlan.staff.terms import Action
from anlan.store.models import Follow, NoticeChoice, Warning, WarningDelivery, Webhook
from anlan.store.models.told_warnings import UNSENT
from anlan.store.readers.staff import Acting
from anlan.store.readers.warned import (
    chain_of,
    dead_of,
    followers_warned,
    staff_warned,
    systems_warned,
    told_before,
)


@transaction.atomic
def tell_warning(*, acting_user: None, warning_id: int, now: datetime) -> int:
    """Write down who hears of an issued warning; how many messages that are."""
    warning = Warning.objects.select_related("area").defer("area__boundary").get(pk=warning_id)
    chain = chain_of(warning)
    rows = {(each.receiver, each.way): each for each in _rows(warning, now)}
    if warning.kind != MessageKind.ALERT:
        for row in _as_before(chain, now):
            rows.setdefault((row.receiver, row.way), row)
        _replace_waiting(chain, warning, now)
    for row in rows.values():
        row.warning, row.chain_id, row.urgent = warning, chain, _is_urgent(warning)
    WarningDelivery.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=1000)
    return len(rows)


@transaction.atomic
def send_again(*, acting_user: Acting, warning_id: int, now: datetime) -> int:
    """Let the dead letters of a warning leave again; how many. Raises NotFound."""
    warning = warning_for(acting_user, warning_id, Action.SIGN_WARNING)
    count = dead_of(warning).update(dead_at=None, tries=0, send_at=now, claimed_until=None)
    if not count:
        raise NotFound
    return count


def _is_urgent(warning: Warning) -> bool:
    """Red waits for no quiet hours, and goes before all others."""
    return warning.colour == Colour.RED


def _rows(warning: Warning, now: datetime) -> Iterator[WarningDelivery]:
    if is_for_public(warning.status):
        yield from (_to_follower(each, now) for each in followers_warned(warning))
    for choice in staff_warned(warning):
        yield from _to_member(choice, warning, now)
    yield from (_to_system(each, now) for each in systems_warned(warning))


def _to_follower(follow: Follow, now: datetime) -> WarningDelivery:
    way = TellWay.EMAIL if follow.email else TellWay.PUSH
    return WarningDelivery(way=way, receiver=f"follow:{follow.pk}", follow=follow, send_at=now)


def _to_member(kept: NoticeChoice, warning: Warning, now: datetime) -> Iterator[WarningDelivery]:
    """By the ways that a member chose, after quiet hours unless it is red; never with a day's digest."""
    choice = choice_of(kept)
    at = now if _is_urgent(warning) else after_quiet(choice, timezone.localtime(now))
    for way in sorted(choice.ways.get(NoticeKind.WARNING, ())):
        receiver = f"user:{kept.user_id}"
        yield WarningDelivery(way=TellWay(way), receiver=receiver, user_id=kept.user_id, send_at=at)


def _to_system(hook: Webhook, now: datetime) -> WarningDelivery:
    return WarningDelivery(way=TellWay.WEBHOOK, receiver=f"webhook:{hook.pk}", webhook=hook, send_at=now)


def _as_before(chain: int, now: datetime) -> Iterator[WarningDelivery]:
    """A row for everybody who was told of an earlier message of the chain."""
    for each in told_before(chain):
        yield WarningDelivery(
            way=each.way,
            receiver=each.receiver,
            follow_id=each.follow_id,
            user_id=each.user_id,
            webhook_id=each.webhook_id,
            send_at=now,
        )


def _replace_waiting(chain: int, warning: Warning, now: datetime) -> None:
    """What waits for people from before is not sent; what is on its way at this moment is left."""
    waiting = WarningDelivery.objects.filter(UNSENT, chain=chain, webhook=None).exclude(warning=warning)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    waiting.filter(free).update(why_not=NotSent.REPLACED)
