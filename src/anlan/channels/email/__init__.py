"""E-mail, by the back end that the settings name (a folder of files by default)."""

from collections.abc import Mapping
from types import MappingProxyType

from django.core.mail import EmailMessage

from anlan.channels import NotTaken

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


def send(*, to: str, subject: str, text: str, key: str, headers: Mapping[str, str] = NOTHING_MORE) -> None:
    """Send one message; `key` names it, so that a message sent again can be known as the same.

    `headers` are further ones, such as how to unsubscribe. Names in a subject may come from a table that was
    taken in, with line breaks: a subject is one line.

    Raises OSError (smtplib's errors are such) when the mail system does not take it, or when no mail can be
    made of it; the job tries again.
    """
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        to=[to],
        headers={"Message-ID": f"<{key}@anlan>"} | dict(headers),
    )
    try:
        message.send()
    except ValueError as error:
        raise NotTaken(type(error).__name__) from None
