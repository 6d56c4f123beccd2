"""A mailbox that is a folder on a mail server (IMAP4rev1, RFC 3501)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from imaplib import IMAP4
from ssl import create_default_context
from urllib.parse import SplitResult, unquote

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from anlan.channels import NotTaken
from anlan.channels.mail_in import AT_ONCE, FOLDERS, Waiting

SECONDS = 30
"""How long the server may take to answer."""

_SIZE = re.compile(rb"UID (\d+)\b.*RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*\bUID (\d+)")


class ServerFolder:
    """The mails of one folder, each by its UID."""

    def __init__(self, box: BaseMailBox, name: str) -> None:
        self._box, self._name = box, name

    @property
    def name(self) -> str:
        """User, host and folder."""
        return self._name

    def waiting(self) -> Sequence[Waiting]:
        """All mails of the folder, whether somebody has read them or not."""
        with _speaking():
            uids = self._box.uids()[:AT_ONCE]
            if not uids:
                return []
            _status, lines = self._box.client.uid("FETCH", ",".join(uids), "(UID RFC822.SIZE)")
        sizes = dict(_sizes(lines))
        return [Waiting(uid, sizes[uid]) for uid in uids if uid in sizes]

    def read(self, place: str) -> bytes:
        """The mail, without the mark that it was read. Raises NotTaken when it is not there any more."""
        with _speaking():
            _status, lines = self._box.client.uid("FETCH", place, "(BODY.PEEK[])")
        found = next((line[1] for line in lines if isinstance(line, tuple)), None)
        if not isinstance(found, bytes):
            raise NotTaken("the mail is not there any more")
        return found

    def remove(self, place: str) -> None:
        """Delete the mail."""
        with _speaking():
            self._box.delete(place)

    def put_into(self, folder: str, place: str) -> None:
        """Move the mail into a folder beside INBOX, or below it where the server has them there."""
        with _speaking():
            self._box.move(place, self._folder(FOLDERS[folder]))

    def _folder(self, name: str) -> str:
        for each in (name, f"INBOX.{name}", f"INBOX/{name}"):
            if self._box.folder.exists(each):
                return each
        for each in (name, f"INBOX.{name}"):
            try:
                self._box.folder.create(each)
            except ImapToolsError:
                continue
            return each
        raise NotTaken("the server makes no folder")


@contextmanager
def opened_server(address: SplitResult) -> Iterator[ServerFolder]:
    """The folder of an address such as imaps://user:password@host/folder, INBOX when it names none.

    Raises NotTaken when the server cannot be reached or does not let us in.
    """
    connected, usual = _CONNECTED[address.scheme]
    host, port = address.hostname or "", address.port or usual
    user, password = unquote(address.username or ""), unquote(address.password or "")
    folder = unquote(address.path.strip("/")) or "INBOX"
    with _speaking():
        box = connected(host, port)
        try:
            box.login(user, password, folder)
        except Exception:
            box.client.shutdown()
            raise
    try:
        yield ServerFolder(box, f"{user}@{host}/{folder}")
    finally:
        with _speaking():
            box.logout()


def _encrypted(host: str, port: int) -> BaseMailBox:
    """A connection to a server that proves its name: imaplib by itself asks for no proof."""
    return MailBox(host, port, timeout=SECONDS, ssl_context=create_default_context())


def _plain(host: str, port: int) -> BaseMailBox:
    """A connection that others on its way can read."""
    return MailBoxUnencrypted(host, port, timeout=SECONDS)


_CONNECTED = {"imaps": (_encrypted, 993), "imap": (_plain, 143)}
"""How a server is spoken to, and at which port unless the address names one."""


@contextmanager
def _speaking() -> Iterator[None]:
    """What goes wrong while we speak with the server is said without a word of it."""
    try:
        yield
    except NotTaken:
        raise
    except (IMAP4.error, ImapToolsError, OSError, ValueError) as error:
        raise NotTaken(f"the mail server: {type(error).__name__}") from error


def _sizes(lines: Sequence[object]) -> Iterator[tuple[str, int]]:
    """UID and bytes in the answers to FETCH."""
    for line in lines:
        found = _SIZE.search(line) if isinstance(line, bytes) else None
        if found is not None:
            uid, size = (found[1], found[2]) if found[1] else (found[4], found[3])
            yield uid.decode(), int(size)
