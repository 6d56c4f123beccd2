"""The little of the NATS protocol that we need, over one blocking socket: read in bulk, no object a message.

Source: NATS client protocol (docs.nats.io, "Client Protocol"); JetStream's wire API, versions 2.10 and later.
"""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

CHUNK = 1 << 20
LONGEST_WAIT = 10.0


class WireError(OSError):
    """The broker closed the connection, or said something that we cannot go on after."""


class Message(NamedTuple):
    """One message: who asked for it (`sid`), subject, where an answer goes, headers, payload."""

    sid: bytes
    subject: bytes
    reply: bytes
    headers: bytes
    payload: bytes


@dataclass
class Wire:
    """A connection to a NATS server, made by `connected`."""

    socket: socket.socket
    info: dict[str, Any]
    _rest: bytes = b""
    _sids: int = 0
    _waiting: list[Message] = field(default_factory=list)

    def subscribe(self, subject: str) -> bytes:
        """Ask for the messages of a subject; their sid."""
        self._sids += 1
        sid = str(self._sids)
        self.send(f"SUB {subject} {sid}\r\n".encode())
        return sid.encode()

    def unsubscribe(self, sid: bytes) -> None:
        """Ask for no more of them."""
        self.send(b"UNSUB %b\r\n" % sid)

    def publish(self, subject: bytes, payload: bytes, reply: bytes = b"") -> None:
        """Send one message."""
        self.send(b"PUB %b %b%d\r\n%b\r\n" % (subject, reply + b" " if reply else b"", len(payload), payload))

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.settimeout(LONGEST_WAIT)
        self.socket.sendall(data)

    def request(self, subject: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask a service of the server and give its answer. Raises WireError when none comes in time."""
        inbox = f"_INBOX.anlan.{time.monotonic_ns()}"
        sid = self.subscribe(inbox)
        self.publish(subject.encode(), json.dumps(body).encode() if body else b"", inbox.encode())
        until = time.monotonic() + LONGEST_WAIT
        answer: dict[str, Any] | None = None
        others: list[Message] = []
        while answer is None:
            if time.monotonic() > until:
                raise WireError(f"{subject} was not answered")
            for message in self.read(1.0):
                if message.sid == sid:
                    answer = _json(message)
                else:
                    others.append(message)
        self.unsubscribe(sid)
        self._waiting += others
        return answer

    def read(self, seconds: float) -> list[Message]:
        """The messages that came, waiting for the first at most `seconds`; none when none did."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            return waiting
        self.socket.settimeout(max(seconds, 0.001))
        try:
            data = self.socket.recv(CHUNK)
        except TimeoutError:
            return []
        if not data:
            raise WireError("the broker closed the connection")
        return self._parsed(self._rest + data)

    def _parsed(self, data: bytes) -> list[Message]:
        """The whole messages of what came; what is left waits for the rest."""
        found: list[Message] = []
        at = 0
        while True:
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            words = data[at:end].split(b" ")
            kind = words[0]
            if kind in (b"MSG", b"HMSG"):
                after = end + 2 + int(words[-1])
                if after + 2 > len(data):
                    break
                found.append(_message(kind, words, data[end + 2 : after]))
                at = after + 2
                continue
            at = end + 2
            if kind == b"PING":
                self.send(b"PONG\r\n")
            elif kind == b"-ERR":
                self._error(data[at - 2 : end])
        self._rest = data[at:]
        return found

    def _error(self, words: bytes) -> None:
        if b"Permissions Violation" not in words:
            raise WireError(words.decode(errors="replace"))

    def close(self) -> None:
        """End the connection."""
        self.socket.close()


def connected(host: str, port: int, user: str, password: str, name: str) -> Wire:
    """Connect and sign in. Raises OSError (WireError) when that is not possible."""
    link = socket.create_connection((host, port), LONGEST_WAIT)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line = b""
    while not line.endswith(b"\r\n"):
        part = link.recv(1)
        if not part:
            raise WireError("the broker closed the connection")
        line += part
    wire = Wire(link, json.loads(line.removeprefix(b"INFO ")))
    facts = {
        "user": user,
        "pass": password,
        "name": name,
        "lang": "python",
        "version": "1",
        "verbose": False,
        "pedantic": False,
        "headers": True,
        "no_responders": True,
        "protocol": 1,
    }
    wire.send(b"CONNECT " + json.dumps(facts).encode() + b"\r\nPING\r\n")
    _await_pong(wire)
    return wire


def _await_pong(wire: Wire) -> None:
    wire.socket.settimeout(LONGEST_WAIT)
    said = b""
    while b"PONG\r\n" not in said:
        part = wire.socket.recv(4096)
        if not part or b"-ERR" in said + part:
            raise WireError((said + part).decode(errors="replace").strip() or "the broker refused us")
        said += part


def _message(kind: bytes, words: list[bytes], body: bytes) -> Message:
    if kind == b"MSG":
        _kind, subject, sid, *reply, _length = words
        return Message(sid, subject, reply[0] if reply else b"", b"", body)
    _kind, subject, sid, *reply, heads, _length = words
    size = int(heads)
    return Message(sid, subject, reply[0] if reply else b"", body[:size], body[size:])


def _json(message: Message) -> dict[str, Any]:
    if message.headers.startswith(b"NATS/1.0 503"):
        raise WireError("JetStream does not answer")
    answer: dict[str, Any] = json.loads(message.payload or b"{}")
    return answer
