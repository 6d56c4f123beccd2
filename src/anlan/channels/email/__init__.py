"""E-mail, by the back end that the settings name (a folder of files by default)."""

from django.core.mail import EmailMessage


def send(*, to: str, subject: str, text: str, key: str) -> None:
    """Send one message; `key` names it, so that a message sent again can be known as the same.

    Raises OSError (smtplib's errors are such) when the mail system does not take it; the job tries again.
    """
    message = EmailMessage(subject=subject, body=text, to=[to], headers={"Message-ID": f"<{key}@anlan>"})
    message.send()
