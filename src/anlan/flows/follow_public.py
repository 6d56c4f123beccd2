"""Somebody outside follows a case, a place, an area or a category: asked for, confirmed, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.base.errors import NotFound, Refused
from anlan.channels import email
from anlan.flows.counting import count, mark_of
from anlan.flows.follow_ups import later
from anlan.flows.links import link_to
from anlan.flows.receipts import installation_salt
from anlan.store.models import CountKind, Follow
from anlan.store.readers.following import Subject, subject_followed, subject_of

_CONFIRM = "anlan.follow.confirm"
_END = "anlan.follow.end"
CONFIRM_WITHIN = timedelta(hours=48)
"""How long the link in the first mail works; what nobody confirmed is forgotten then."""
MOST_WAITING = 5
"""Follows that one address may leave unconfirmed, so that nobody is flooded with unasked mail."""
MOST_ASKED = 5
"""Mails of this kind that one address gets in a day."""


@dataclass(frozen=True)
class Browser:
    """Where a browser takes web push, as its own push service says."""

    endpoint: str
    p256dh: str
    auth: str


@transaction.atomic
def follow_by_mail(
    *, acting_user: None, address: str, subject: Subject, language: str, now: datetime
) -> None:
    """Ask an address whether it wants to hear of `subject`; it is told nothing until it says yes.

    The mail is queued, and an address gets MOST_ASKED of them in a day, whoever asks. What comes back, and
    how soon, does not depend on what is known of the address. Raises NotFound for what is not public.
    """
    found = subject_of(subject)
    asked = count(CountKind.MAIL, mark_of(CountKind.MAIL, address.lower(), installation_salt()), now)
    waiting = Follow.objects.filter(email__iexact=address, confirmed_at=None)
    if asked.in_day >= MOST_ASKED or waiting.count() >= MOST_WAITING:
        return
    follow, _made = Follow.objects.get_or_create(
        email=address, **found.columns, defaults={"made_at": now, "language": language}
    )
    later("ask_follower", follow_id=follow.pk)


def ask_follower(*, acting_user: None, follow_id: int, now: datetime) -> None:
    """Send the mail with the link to an address that has not said yes; to one that has, or is gone, none."""
    rows = Follow.objects.select_related("site", "area", "category").defer("area__boundary")
    follow = rows.filter(pk=follow_id, confirmed_at=None).first()
    if follow is None:
        return
    try:
        name = subject_of(subject_followed(follow)).name(follow.language)
    except NotFound:  # hidden, closed or out of use since
        return
    with override(follow.language or settings.LANGUAGE_CODE):
        link = link_to("follow_confirm", token_to_confirm(follow))
        email.send(
            to=follow.email,
            subject=_("Confirm that you want to follow: %(name)s") % {"name": name},
            text=_("Somebody, most likely you, asked for news about: %(name)s") % {"name": name}
            + f"\n\n{link}\n\n"
            + _("Open the link within 48 hours to get them. If it was not you, do nothing: we forget you.")
            + "\n",
            key=f"follow.{follow.pk}.{now:%Y%m%d%H%M%S}",
        )


@transaction.atomic
def follow_by_browser(
    *, acting_user: None, browser: Browser, subject: Subject, language: str, now: datetime
) -> str:
    """Follow by web push: the browser has asked its owner already. Gives the word that ends it.

    Raises NotFound, Refused("push_address_wrong").
    """
    if not browser.endpoint.startswith("https://") or len(browser.endpoint) > 600:
        raise Refused("push_address_wrong")
    found = subject_of(subject)
    follow, _made = Follow.objects.update_or_create(
        endpoint=browser.endpoint,
        **found.columns,
        defaults={"keys": {"p256dh": browser.p256dh, "auth": browser.auth}, "language": language},
        create_defaults={
            "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
            "language": language,
            "made_at": now,
            "confirmed_at": now,
        },
    )
    return token_to_end(follow)


@transaction.atomic
def confirm_follow(*, acting_user: None, token: str, now: datetime) -> Follow:
    """The link in the first mail; again, nothing changes. Raises NotFound for another and an old one."""
    follow = _known(_pk(token, _CONFIRM, CONFIRM_WITHIN))
    if follow.confirmed_at is None:
        follow.confirmed_at = now
        follow.save(update_fields=["confirmed_at"])
    return follow


@transaction.atomic
def end_follow(*, acting_user: None, token: str) -> None:
    """One click ends it, and the address goes; again, nothing happens. Raises NotFound for a wrong word."""
    Follow.objects.filter(pk=_pk(token, _END, None)).delete()


@transaction.atomic
def forget_unconfirmed(*, acting_user: None, now: datetime) -> int:
    """Forget the addresses that did not say yes in time; how many."""
    late = Follow.objects.filter(confirmed_at=None, made_at__lt=now - CONFIRM_WITHIN)
    return late.delete()[1].get("store.Follow", 0)


def check_token(token: str) -> None:
    """Is this the word of a first mail, and in time? Raises NotFound."""
    if not Follow.objects.filter(pk=_pk(token, _CONFIRM, CONFIRM_WITHIN)).exists():
        raise NotFound


def followed_by(token: str) -> Follow | None:
    """What the word in a mail would end, None when it ended. Raises NotFound for a wrong word."""
    return Follow.objects.filter(pk=_pk(token, _END, None)).first()


def token_to_confirm(follow: Follow) -> str:
    """The signed word in the first mail."""
    return signing.dumps(follow.pk, salt=_CONFIRM)


def token_to_end(follow: Follow) -> str:
    """The signed word in every later message."""
    return signing.dumps(follow.pk, salt=_END)


def _pk(token: str, salt: str, within: timedelta | None) -> int:
    try:
        return int(signing.loads(token, salt=salt, max_age=within))
    except signing.BadSignature:
        raise NotFound from None


def _known(pk: int) -> Follow:
    follow = Follow.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if follow is None:
        raise NotFound
    return follow
