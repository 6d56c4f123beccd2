"""The little of the NATS protocol that we need, over one blocking socket: read in bulk, no object a message.

Source: NATS client protocol (docs.nats.io, "Client Protocol"); JetStream's wire API, versions 2.10 and later.
"""

import json
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

CHUNK = 1 << 20
BULK = 1 << 16
"""So many bytes at once say that more is there already."""
LONGEST_WAIT = 10.0


class WireError(OSError):
    """The broker closed the connection, or said something that we cannot go on after."""


class Unanswered(WireError):
    """Nobody answered in time. The connection is as good as before: one may ask again."""


class BrokerStuck(WireError):
    """The broker cannot write to its disk, and does not try again until it is started anew."""


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

    def request(
        self, subject: str, body: Mapping[str, Any] | None = None, seconds: float = LONGEST_WAIT
    ) -> dict[str, Any]:
        """Ask a service of the server and give its answer. Raises Unanswered when none comes in time.

        What else comes meanwhile is kept as it came for the next who reads.
        """
        inbox = f"_INBOX.anlan.{time.monotonic_ns()}"
        sid = int(self.subscribe(inbox))
        self.publish(subject.encode(), json.dumps(body).encode() if body else b"", inbox.encode())
        until = time.monotonic() + seconds
        before: list[bytes] = []
        while True:
            if time.monotonic() > until:
                self._rest = b"".join([*before, self._rest])
                self.unsubscribe(str(sid).encode())
                raise Unanswered(f"{subject} was not answered")
            data = self._rest + self._received(min(seconds, 1.0))
            rows, used = rows_of(data)
            found = next((row for row in rows if row[SID] == sid), None)
            if found is None:
                before.append(data[:used])
                self._rest = data[used:]
                continue
            start = data.rfind(b"\r\n", 0, found[SUBJECT]) + 2 if b"\r\n" in data[: found[SUBJECT]] else 0
            self._rest = b"".join([*before, data[:start], data[found[AFTER] + 2 :]])
            self.unsubscribe(str(sid).encode())
            return _json(_message(data, found))

    def read(self, seconds: float) -> list[Message]:
        """The messages that came, waiting for the first at most `seconds`; none when none did."""
        return self._parsed(self._rest + self._received(0.0 if b"\r\n" in self._rest else seconds))

    def _received(self, seconds: float) -> bytes:
        """What came, waiting for it at most `seconds`. Raises WireError."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            data = self.socket.recv(CHUNK)
        except TimeoutError:
            return b""
        if not data:
            raise WireError("the broker closed the connection")
        return data

    def gather(self, until: float, most: int) -> bytes:
        """Messages as they came until a moment of the monotonic clock, up to `most` bytes or a little more.

        Waits a second for the first; empty when nothing came. What waits already is taken though the moment
        is past; where much waits nobody waits for more, and where a quarter of `most` has come no longer.
        Raises WireError.
        """
        parts = [self._rest, b"" if b"\r\n" in self._rest else self._received(1.0)]
        self._rest = b""
        size = len(parts[0]) + len(parts[1])
        if 0 < size < BULK:
            self._sleep(until, most // 4)
        while 0 < size < most:
            parts.append(self._received(0.0))
            size += len(parts[-1])
            if len(parts[-1]) < BULK:
                break
        return b"".join(parts)

    def _sleep(self, until: float, much: int) -> None:
        """Sleep until a moment, or until so many bytes wait, without being woken by each of them."""
        left = until - time.monotonic()
        if left > 0:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, much)
            select.select([self.socket], [], [], left)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def keep(self, rest: bytes) -> None:
        """Put back what is not whole yet."""
        self._rest = rest

    def line(self, words: bytes) -> None:
        """Answer a line of the protocol that is no message. Raises WireError when it ends all."""
        if words == b"PING":
            self.send(b"PONG\r\n")
        elif words.startswith(b"-ERR"):
            self._error(words)

    def _parsed(self, data: bytes) -> list[Message]:
        """The whole messages of what came; what is left waits for the rest."""
        rows, used = rows_of(data)
        self._rest = data[used:]
        for sid, _number, first, after, *_others in rows:
            if sid == 0:
                self.line(data[first:after])
        return [_message(data, row) for row in rows if row[SID]]

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
    try:
        return _signed_in(link, user, password, name)
    except BaseException:
        link.close()
        raise


def _signed_in(link: socket.socket, user: str, password: str, name: str) -> Wire:
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


Row = tuple[int, int, int, int, int, int, int, int, int]
SID, NUMBER, SUBJECT, REPLY, HEADERS, PAYLOAD, AFTER = 0, 1, 2, 4, 6, 7, 8
"""Columns of a row: the sid, the number in its stream (-1: none), where subject (two columns: from, up to),
reply (two columns), headers, payload begin, and where the payload ends. A row with sid 0 is a line of the
protocol that is no message, in the columns of the subject."""


def rows_of(data: bytes) -> tuple[list[Row], int]:
    """The whole messages and lines of what came, and how many bytes they take."""
    rows: list[Row] = []
    here = 0
    while (end := data.find(b"\r\n", here)) >= 0:
        if not data.startswith((b"MSG ", b"HMSG "), here):
            rows.append((0, -1, here, end, 0, 0, 0, 0, 0))
            here = end + 2
            continue
        words = data[here:end].split(b" ")
        begin, after = end + 2, end + 2 + int(words[-1])
        if after + 2 > len(data):
            break
        with_headers = words[0] == b"HMSG"
        payload = begin + int(words[-2]) if with_headers else begin
        named = words[: -2 if with_headers else -1]
        subject = here + len(words[0]) + 1
        reply = subject + len(named[1]) + len(named[2]) + 2 if len(named) > 3 else 0
        upto = reply + len(named[3]) if reply else 0
        number = number_of(data[reply:upto])
        rows.append(
            (int(named[2]), number, subject, subject + len(named[1]), reply, upto, begin, payload, after)
        )
        here = after + 2
    return rows, here


def number_of(reply: bytes) -> int:
    """The number of a message in its stream, from where its acknowledgement would go; -1 for another."""
    if not reply.startswith(b"$JS.ACK."):
        return -1
    words = reply.split(b".")
    return int(words[5] if len(words) < 11 else words[7])


def _message(data: bytes, row: Row) -> Message:
    sid, _number, subject, subject_to, reply, reply_to, headers, payload, after = row
    return Message(
        str(sid).encode(),
        data[subject:subject_to],
        data[reply:reply_to],
        data[headers:payload],
        data[payload:after],
    )


def _json(message: Message) -> dict[str, Any]:
    if message.headers.startswith(b"NATS/1.0 503"):
        raise WireError("JetStream does not answer")
    answer: dict[str, Any] = json.loads(message.payload or b"{}")
    return answer
