"""The words of mails that come in."""

from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 40 * 2**20
"""Bytes of a mail with all that is attached; a larger one is set aside unread."""

LONGEST = 5000
"""Signs of a mail's words that are kept; the sender is told when there were more."""


class Outcome(StrEnum):
    """What became of a mail."""

    READING = "reading"  # claimed, and not yet done
    REPORT = "report"  # a report, at once or held until a person looked
    ADDED = "added"  # words or photos for the report that it answers
    IGNORED = "ignored"  # no person wrote it
    ASIDE = "aside"  # a person must look at it in the mailbox


class Ignored(StrEnum):
    """Why a mail is passed over: nobody would read an answer, or it would answer forever."""

    OURS = "ours"  # anlan sent it
    AUTOMATIC = "automatic"  # RFC 3834: out of office, confirmations
    BOUNCE = "bounce"  # a message that could not be delivered: null sender or a delivery report
    LIST = "list"  # of a mailing list


class Aside(StrEnum):
    """Why a mail waits in the mailbox for a person."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"  # neither words nor photos
    UNREADABLE = "unreadable"  # its form is broken, or its words are in a way of writing that is not known
    ENDED_READER = "ended_reader"  # whoever read it ended each time before it was done
    REFUSED = "refused"  # what it says cannot be stored


class Left(StrEnum):
    """Why something that was attached is not kept; a photo's own refusals besides."""

    NO_PHOTO = "no_photo"
    TOO_MANY = "too_many"
    CUT = "cut"  # not a file: the words were longer than LONGEST


@dataclass(frozen=True)
class Attached:
    """A file that may be a photo, as it was sent."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says; every text is free of signs that cannot be shown."""

    message_id: str
    """With its angle brackets; "" when there is none."""
    answers: tuple[str, ...]
    """The ids of the messages that it answers, the oldest first."""
    sender: str
    """The address in From, in small letters; "" when there is none to write to. It proves nothing."""
    to: tuple[str, ...]
    """The addresses it was sent and delivered to, in small letters."""
    subject: str
    words: str
    """The sender's own, without what was quoted and the signature; "" when nothing else is in it."""
    text: str
    """All of it."""
    language: str
    """zh-hans or en; "" when the words do not tell."""
    photos: tuple[Attached, ...] = ()
    left: tuple[tuple[str, Left], ...] = ()
    """The names of files that are not kept, and why."""
