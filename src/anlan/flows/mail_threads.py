"""What is written to a reporter stands below the mail that the report began with.

Our Message-IDs, and where the server allows it the address to reply to, carry the word of the thread: a reply
finds its report by that. See docs/decisions/0191.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from anlan.cases.mail.terms import Mail
from anlan.cases.mail.tokens import reply_address, token_of
from anlan.channels import email
from anlan.store.models import Contact, HeldReport, MailThread

MOST_EARLIER = 10
"""Ids of earlier mails that an answer names."""


def thread_key() -> bytes:
    """The key with which words of threads are made; the database does not hold it."""
    return str(settings.SECRET_KEY).encode()


def our_address() -> str:
    """The address of the mailbox."""
    return settings.ANLAN_MAIL_ADDRESS or settings.DEFAULT_FROM_EMAIL


def written_to() -> str:
    """The address to which residents write mails that become reports; "" when no mailbox is read."""
    return our_address().replace("+@", "@") if settings.ANLAN_MAIL_IN else ""


def begin_thread(key: UUID, mail: Mail, now: datetime) -> MailThread:
    """The thread that a mail begins; `key` is that of its report. Inside the caller's transaction."""
    return MailThread.objects.create(
        key=key,
        subject=mail.subject,
        message_id=mail.message_id,
        earlier=_joined((*mail.answers, mail.message_id)),
        language=mail.language,
        began_at=now,
    )


def go_on(thread: MailThread, mail: Mail) -> None:
    """The next answer stands below this mail of the sender."""
    thread.message_id = mail.message_id or thread.message_id
    thread.earlier = _joined((*thread.earlier.split(), *mail.answers, mail.message_id))
    thread.save(update_fields=["message_id", "earlier"])


def forget_thread(*keys: UUID) -> None:
    """Nothing of these reports can be answered by mail any more. Inside the caller's transaction."""
    MailThread.objects.filter(key__in=keys).delete()


def address_of(key: UUID) -> str:
    """Where the reporter can be written to; "" when no address is kept, or not any more."""
    contact = Contact.objects.filter(report__idempotency_key=key, report__withdrawn_at=None).first()
    if contact is not None:
        return contact.email
    held = HeldReport.objects.filter(idempotency_key=key, report=None).first()
    return str(held.told.get("email", "")) if held is not None else ""


def post(
    key: UUID, *, to: str, subject: str, text: str, name: str, headers: Mapping[str, str] = email.NOTHING_MORE
) -> None:
    """Write to the reporter of the report with `key`: below their mail, if there is one.

    `name` makes the Message-ID: what is sent again is known as the same. Raises OSError as `email.send` does.
    """
    thread = MailThread.objects.filter(key=key).first()
    if thread is None:
        email.send(to=to, subject=subject, text=text, key=name, headers=headers)
        return
    token = token_of(thread.pk, thread_key())
    below = {"X-Anlan": "1", "Reply-To": reply_address(our_address(), token)}
    if thread.message_id:
        below |= {"In-Reply-To": thread.message_id, "References": thread.earlier}
    subject = _answering(thread.subject) or subject
    email.send(to=to, subject=subject, text=text, key=f"{token}.{name}", headers=below | dict(headers))


def _answering(subject: str) -> str:
    """The subject of an answer: mail programs show as one thread what differs in "Re:" alone."""
    begins = ("re:", "re：", "回复:", "回复：", "答复:", "答复：")
    return subject if not subject or subject.lower().startswith(begins) else f"Re: {subject}"


def _joined(ids: Sequence[str]) -> str:
    return " ".join(tuple(dict.fromkeys(each for each in ids if each))[-MOST_EARLIER:])
