"""Warnings leave: claimed, sent, marked, tried again; dead letters stay until a person lets them go again.

A process killed between sending and marking sends again with the same key: at least once, known as one.
Of one chain a receiver gets the messages in their order.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.channels import NotTaken, email, push, sms, webhook
from anlan.flows import warning_said
from anlan.flows.follow_public import token_to_end
from anlan.flows.links import link_to
from anlan.sensing.telling import TellWay, why_not
from anlan.sensing.terms import MessageKind
from anlan.staff.notices import next_try
from anlan.store.models import Follow, NoticeChoice, WarningDelivery
from anlan.store.readers.warned import claim_warnings, had_some

KEPT = timedelta(days=90)
"""How long what was sent stays to be looked up."""


def deliver_warnings(*, acting_user: None, now: datetime) -> int:
    """Send a batch of what is due, red first; its size, 0 when nothing was."""
    with transaction.atomic():
        claimed = claim_warnings(now)
    for each in claimed:
        _deliver(each, now)
    return len(claimed)


@transaction.atomic
def forget_told(*, acting_user: None, now: datetime) -> int:
    """Forget who was told of warnings that ended more than KEPT ago; gives how many. Dead letters stay."""
    past = WarningDelivery.objects.filter(warning__expires__lt=now - KEPT, dead_at=None)
    return past.delete()[1].get("store.WarningDelivery", 0)


def _deliver(told: WarningDelivery, now: datetime) -> None:
    warning = told.warning
    no = why_not(
        kind=warning.kind,
        state=warning.state,
        expires=warning.expires,
        for_system=told.way == TellWay.WEBHOOK,
        had_some=warning.kind == MessageKind.CANCEL and had_some(told),
        now=now,
    )
    if no is not None:
        told.why_not = no
        told.save(update_fields=["why_not"])
        return
    try:
        with override(_language(told)):
            SENDS[TellWay(told.way)](told, now)
    except push.Gone:
        Follow.objects.filter(pk__in=[told.follow_id]).delete()
        return
    except OSError as error:
        _failed(told, error, now)
    else:
        told.sent_at, told.claimed_until = now, None
    told.save(update_fields=["tries", "send_at", "dead_at", "last_error", "sent_at", "claimed_until"])


def _failed(told: WarningDelivery, error: OSError, now: datetime) -> None:
    told.tries += 1
    again = next_try(told.tries, now)
    told.send_at, told.dead_at = again or told.send_at, None if again else now
    told.claimed_until = None
    told.last_error = (str(error) if isinstance(error, NotTaken) else type(error).__name__)[:200]


def _language(told: WarningDelivery) -> str:
    holder = told.follow or told.user
    return (holder.language if holder is not None else "") or settings.LANGUAGE_CODE


def _send_email(told: WarningDelivery, now: datetime) -> None:
    warning, key = told.warning, told.key.hex
    text, headers = warning_said.mail(warning), dict[str, str]()
    holder = told.follow or told.user
    to = holder.email if holder is not None else ""
    if told.follow is not None:
        text, headers = _with_end(text, told.follow)
    if not to:
        raise NotTaken("no e-mail address")
    email.send(to=to, subject=warning_said.title(warning), text=text, key=key, headers=headers)


def _with_end(text: str, follow: Follow) -> tuple[str, dict[str, str]]:
    """The text with how to stop it, and the headers by which a mail program offers that."""
    end = link_to("follow_end", token_to_end(follow))
    said = _("You asked for this. Stop it with one click: %(link)s") % {"link": end}
    headers = {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return f"{text}\n{said}\n", headers


def _send_push(told: WarningDelivery, now: datetime) -> None:
    warning, follow = told.warning, told.follow
    if follow is None:
        raise NotTaken("no browser")
    push.send(
        endpoint=follow.endpoint,
        keys=follow.keys,
        title=warning_said.title(warning),
        text=warning_said.short(warning),
        address=link_to("public_warnings"),
        key=told.key.hex,
        wish=push.Wish(
            seconds=max(0, int((warning.expires - now).total_seconds())),
            urgency="high" if told.urgent else "normal",
            topic=f"warning-{told.chain_id}",
        ),
    )


def _send_sms(told: WarningDelivery, now: datetime) -> None:
    kept = NoticeChoice.objects.filter(user=told.user_id).first()
    if kept is None or not kept.phone:
        raise NotTaken("no phone number")
    text = f"{warning_said.title(told.warning)} {warning_said.short(told.warning)}"
    sms.send(to=kept.phone, text=text, key=told.key.hex)


def _send_webhook(told: WarningDelivery, now: datetime) -> None:
    hook = told.webhook
    if hook is None or not hook.active:
        raise NotTaken("switched off")
    body = warning_said.facts(told)
    webhook.send(address=hook.address, secret=hook.secret, body=body, key=told.key.hex, at=timezone.now())


SENDS: Mapping[TellWay, Callable[[WarningDelivery, datetime], None]] = MappingProxyType(
    {
        TellWay.EMAIL: _send_email,
        TellWay.PUSH: _send_push,
        TellWay.SMS: _send_sms,
        TellWay.WEBHOOK: _send_webhook,
    }
)
