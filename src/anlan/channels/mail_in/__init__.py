"""Mailboxes from which reports come: a folder on a mail server, or one on this machine."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

AT_ONCE = 100
"""Mails of one reading, the oldest first; what is left waits for the next."""

FOLDERS = {"aside": "anlan-aside", "ignored": "anlan-ignored"}
"""Where mails go that made no report: those that a person must look at, and those that no person wrote."""


@dataclass(frozen=True)
class Waiting:
    """A mail that lies in a mailbox: where, and how many bytes it has."""

    place: str
    size: int


class Mailbox(Protocol):
    """What is done with a mailbox. Everything raises OSError when it cannot be reached."""

    @property
    def name(self) -> str:
        """What the mailbox is called: without a password."""

    def waiting(self) -> Sequence[Waiting]:
        """The mails that lie there, the oldest first, at most AT_ONCE."""

    def read(self, place: str) -> bytes:
        """The bytes of a mail. It stays where it is, and is not marked as read."""

    def remove(self, place: str) -> None:
        """Take away a mail that is stored; twice is once."""

    def put_into(self, folder: str, place: str) -> None:
        """Move a mail into a folder beside; twice is once."""


def opened(address: str) -> AbstractContextManager[Mailbox]:
    """The mailbox at an address of the setting ANLAN_MAIL_IN. Raises OSError when it cannot be reached."""
    parts = urlsplit(address)
    if parts.scheme == "folder":
        from anlan.channels.mail_in.folder import opened_folder

        return opened_folder(parts.path)
    from anlan.channels.mail_in.imap import opened_server

    return opened_server(parts)
