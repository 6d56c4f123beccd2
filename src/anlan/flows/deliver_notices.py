"""Messages leave: claimed, sent, marked; one that nobody takes is tried again and ends as a dead letter.

A process killed between sending and marking sends again with the same key: at least once, known as one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from anlan.channels import NotTaken, email, sms, webhook
from anlan.flows import notice_words
from anlan.staff.notices import Way, next_try
from anlan.store.models import Delivery, Notice, NoticeChoice
from anlan.store.readers.receivers import claim

AWAY = 2
"""When so many in a row are not taken, the receiver is away."""

KEPT = timedelta(days=90)
"""How long what was sent and what was seen stays to be looked up."""


def deliver_notices(*, acting_user: None, now: datetime) -> int:
    """Send a batch of what is due and give its size; 0 when nothing was.

    Messages by e-mail for one receiver leave as one. When a receiver is away, their others wait.
    """
    with transaction.atomic():
        claimed = claim(now)
    for (way, _), batch in groupby(claimed, key=lambda each: (Way(each.way), each.receiver)):
        _deliver(way, list(batch), now)
    return len(claimed)


@transaction.atomic
def forget_notices(*, acting_user: None, now: datetime) -> int:
    """Forget messages sent and notices seen more than KEPT ago; gives how many. Dead letters stay."""
    past = now - KEPT
    sent, _each = Delivery.objects.filter(sent_at__lt=past).delete()
    seen, _each = Notice.objects.filter(seen_at__lt=past).delete()
    return sent + seen


def _deliver(way: Way, batch: list[Delivery], now: datetime) -> None:
    """Send what one receiver gets by one way: of each case one message at most, so any of them may go first.

    After one that was not taken comes the one tried least. Is that taken, the other waits alone: one message
    that a receiver never takes must not hold up all others for its two days.
    """
    parts = [batch] if way is Way.EMAIL else [[each] for each in batch]
    missed: list[Delivery] = []
    while parts and len(missed) < AWAY:
        part = parts.pop(0)
        try:
            SENDS[way](part, now)
        except OSError as error:
            _failed(part, error, now)
            missed.append(part[0])
            parts.sort(key=lambda each: each[0].tries)
        else:
            missed.clear()
            Delivery.objects.filter(pk__in=[each.pk for each in part]).update(sent_at=now, claimed_until=None)
    if parts:
        _put_off([each for rest in parts for each in rest], max(each.send_at for each in missed))


def _failed(part: Sequence[Delivery], error: OSError, now: datetime) -> None:
    """Keep that a try failed: when the receiver may be asked again, or that it was the last."""
    left_alone = now + timedelta(seconds=error.rest if isinstance(error, NotTaken) else 0)
    for each in part:
        each.tries += 1
        again = next_try(each.tries, now)
        each.send_at, each.dead_at = max(again or each.send_at, left_alone), None if again else now
        each.claimed_until = None
        each.last_error = (str(error) if isinstance(error, NotTaken) else type(error).__name__)[:200]
    Delivery.objects.bulk_update(part, ["tries", "send_at", "dead_at", "claimed_until", "last_error"])


def _put_off(rest: Sequence[Delivery], until: datetime) -> None:
    Delivery.objects.filter(pk__in=[each.pk for each in rest]).update(send_at=until, claimed_until=None)


def _send_email(batch: Sequence[Delivery], now: datetime) -> None:
    first = batch[0]
    to = first.unit.email if first.unit is not None else first.user.email if first.user is not None else ""
    if not to:
        raise NotTaken("no e-mail address")
    with override(_language(first)):
        subject, text = notice_words.mail(batch)
    key = hashlib.sha256(b"".join(each.key.bytes for each in batch)).hexdigest()[:32]
    email.send(to=to, subject=subject, text=text, key=key)


def _send_sms(batch: Sequence[Delivery], now: datetime) -> None:
    (only,) = batch
    kept = NoticeChoice.objects.filter(user=only.user_id).first()
    if kept is None or not kept.phone:
        raise NotTaken("no phone number")
    with override(_language(only)):
        sms.send(to=kept.phone, text=notice_words.short(only), key=only.key.hex)


def _send_webhook(batch: Sequence[Delivery], now: datetime) -> None:
    (only,) = batch
    hook = only.webhook
    if hook is None or not hook.active:
        raise NotTaken("switched off")
    body = notice_words.facts(only)
    webhook.send(address=hook.address, secret=hook.secret, body=body, key=only.key.hex, at=timezone.now())


def _language(message: Delivery) -> str:
    chosen = message.user.language if message.user is not None else ""
    return chosen or settings.LANGUAGE_CODE


SENDS: Mapping[Way, Callable[[Sequence[Delivery], datetime], None]] = MappingProxyType(
    {Way.EMAIL: _send_email, Way.SMS: _send_sms, Way.WEBHOOK: _send_webhook}
)
