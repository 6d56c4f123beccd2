"""Mails for tests: composed as mail programs do, taken as from a mailbox."""

from datetime import datetime
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.core.mail import EmailMessage as Sent

from anlan.cases.mail.terms import Outcome
from anlan.flows.take_mail import Letter, take_mail
from tests.conftest import NOON

MAILBOX = "hazards@mail.example/INBOX"
ANNA = "anna@home.example"
CLEAR = "临水防护：荻花村口水塘的护栏断了三米"
"""Words that name one kind and one place."""

_numbers = count(1)


def composed(text: str = CLEAR, subject: str = "护栏断了", sender: str = ANNA, **fields: str) -> EmailMessage:
    """A mail with an id of its own; `fields` have _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "hazards@city.example", subject
    message["Message-ID"] = fields.pop("Message_ID", f"<{next(_numbers)}@home.example>")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def take(message: EmailMessage | bytes, now: datetime = NOON, **letter: Any) -> Outcome:
    """Take a mail that lies in the mailbox."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    facts = {"mailbox": MAILBOX, "place": "1", "size": len(raw), "raw": raw} | letter
    return take_mail(acting_user=None, letter=Letter(**facts), now=now)


def reply_to(sent: Sent, text: str, sender: str = ANNA) -> EmailMessage:
    """What a mail program writes when somebody answers a mail that was sent."""
    headers = sent.extra_headers
    earlier = f"{headers.get('References', '')} {headers['Message-ID']}".strip()
    fields = {"In_Reply_To": headers["Message-ID"], "References": earlier}
    return composed(
        f'{text}\n\n在 2026-11-23，"city" <hazards@city.example> 写道：\n> 收到',
        sent.subject,
        sender,
        **fields,
    )
