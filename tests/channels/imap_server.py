"""A small IMAP server for tests: one user, some folders, what a mailbox of ours uses of RFC 3501."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.served import served

USER, PASSWORD = "hazards", "secret"


class Store:
    """Folders with their messages by UID; those that are marked as deleted."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.deleted: set[int] = set()
        self.seen: set[int] = set()
        self._next = 1

    def add(self, raw: bytes, folder: str = "INBOX") -> int:
        """Deliver a message."""
        uid, self._next = self._next, self._next + 1
        self.folders[folder][uid] = raw
        return uid


class Session(StreamRequestHandler):
    """One connection."""

    server: Any
    folder = "INBOX"

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            name, _, words = rest.partition(" ")
            if name.upper() == "UID":
                name, _, words = words.partition(" ")
            answer = getattr(self, f"do_{name.lower()}", None)
            self._say(f"{tag} {answer(words) if answer else 'BAD unknown'}")
            if name.upper() == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    @property
    def store(self) -> Store:
        store: Store = self.server.store
        return store

    @property
    def here(self) -> dict[int, bytes]:
        return self.store.folders[self.folder]

    def do_capability(self, words: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def do_login(self, words: str) -> str:
        return "OK in" if words.replace('"', "").split() == [USER, PASSWORD] else "NO wrong password"

    def do_select(self, words: str) -> str:
        if words.strip('"') not in self.store.folders:
            return "NO no such folder"
        self.folder = words.strip('"')
        self._say(f"* {len(self.here)} EXISTS")
        return "OK [READ-WRITE] selected"

    def do_search(self, words: str) -> str:
        self._say(" ".join(["* SEARCH", *map(str, sorted(self.here))]))
        return "OK done"

    def do_fetch(self, words: str) -> str:
        uids, _, what = words.partition(" ")
        for uid in map(int, uids.split(",")):
            raw = self.here.get(uid)
            if raw is None:
                continue
            if "RFC822.SIZE" in what:
                self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            else:
                self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
                self.store.seen |= set() if "PEEK" in what else {uid}
        return "OK done"

    def do_store(self, words: str) -> str:
        self.store.deleted |= {int(uid) for uid in words.split(" ")[0].split(",") if "Deleted" in words}
        return "OK done"

    def do_expunge(self, words: str) -> str:
        for uid in self.store.deleted & self.here.keys():
            del self.here[uid]
        return "OK done"

    def do_copy(self, words: str) -> str:
        uids, _, folder = words.partition(" ")
        if folder.strip('"') not in self.store.folders:
            return "NO [TRYCREATE] no such folder"
        for uid in map(int, uids.split(",")):
            self.store.add(self.here[uid], folder.strip('"'))
        return "OK done"

    def do_create(self, words: str) -> str:
        self.store.folders[words.strip('"')] = {}
        return "OK done"

    def do_list(self, words: str) -> str:
        asked = re.findall(r'"([^"]*)"', words)[-1:] or [words.split()[-1]]
        for name in self.store.folders:
            if asked[0] in ("*", "%", name):
                self._say(f'* LIST (\\HasNoChildren) "/" "{name}"')
        return "OK done"

    def do_logout(self, words: str) -> str:
        self._say("* BYE")
        return "OK bye"


class Encrypted(ThreadingTCPServer):
    """A server whose certificate nobody vouches for."""

    context: SSLContext

    def get_request(self) -> Any:
        """The next connection, encrypted; a client that breaks off is no news."""
        plain, address = super().get_request()
        try:
            return self.context.wrap_socket(plain, server_side=True), address
        except OSError:
            plain.close()
            raise


@contextmanager
def serving_unvouched(folder: Path) -> Iterator[str]:
    """The address of an encrypted server with a certificate that it made itself."""
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server = Encrypted(("127.0.0.1", 0), Session)
    server.context = context
    with served(server):
        yield f"imaps://{USER}:{PASSWORD}@localhost:{server.server_address[1]}/INBOX"


def _certificate(folder: Path) -> Path:
    """A certificate for localhost with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    file = folder / "server.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(plain + made.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return file


@contextmanager
def serving() -> Iterator[tuple[Store, str]]:
    """A server with an empty mailbox, and the address of its INBOX for ANLAN_MAIL_IN."""
    server = ThreadingTCPServer(("127.0.0.1", 0), Session)
    server.daemon_threads = True
    store = server.store = Store()  # type: ignore[attr-defined]
    with served(server):
        yield store, f"imap://{USER}:{PASSWORD}@127.0.0.1:{server.server_address[1]}/INBOX"
