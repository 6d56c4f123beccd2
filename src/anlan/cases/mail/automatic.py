"""Which mails no person wrote: they make no report, and nothing answers them (RFC 3834, section 2)."""

from collections.abc import Collection
from email.message import Message

from anlan.cases.mail.fields import field
from anlan.cases.mail.terms import Ignored

_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_LIST_FIELDS = ("List-Id", "List-Unsubscribe", "List-Post", "Mailing-List")
_AUTOMATIC_FIELDS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")


def ignored(message: Message, sender: str, ours: Collection[str]) -> Ignored | None:
    """Why a mail is passed over; None for one that a person may have written.

    `ours` are the addresses, in small letters, from which anlan sends.
    """
    if sender.lower() in ours or "X-Anlan" in message:
        return Ignored.OURS
    if _is_bounce(message, sender):
        return Ignored.BOUNCE
    if _word(message, "Auto-Submitted") not in ("", "no") or any(
        each in message for each in _AUTOMATIC_FIELDS
    ):
        return Ignored.AUTOMATIC
    if _word(message, "Precedence") in _BULK or any(each in message for each in _LIST_FIELDS):
        return Ignored.LIST
    return None


def _is_bounce(message: Message, sender: str) -> bool:
    null_sender = "".join(field(message, "Return-Path").split()) == "<>"
    is_report = message.get_content_type() == "multipart/report"
    return null_sender or is_report or sender.lower().startswith("mailer-daemon@")


def _word(message: Message, name: str) -> str:
    """The first word of a field, small; "" when it is not there."""
    return field(message, name).partition(";")[0].partition("(")[0].strip().lower()
