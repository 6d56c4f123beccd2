"""A device that sends over MQTT with acknowledgements, in bulk (MQTT 3.1.1, sections 2.2, 3.1 and 3.3)."""

import socket

WINDOW = 1000
CONNECT, PUBLISH = 0x10, 0x32
USER_AND_PASSWORD = 0b1100_0010


def published(topic: str, payload: bytes, number: int) -> bytes:
    """A PUBLISH of quality of service 1."""
    return _packet(PUBLISH, _text(topic) + number.to_bytes(2) + payload)


def signed_in(port: int, name: str, password: str) -> socket.socket:
    """A connection of a device whose client id is its name."""
    head = _text("MQTT") + bytes([4, USER_AND_PASSWORD]) + (600).to_bytes(2)
    link = socket.create_connection(("127.0.0.1", port), 60)
    link.sendall(_packet(CONNECT, head + _text(name) + _text(name) + _text(password)))
    assert link.recv(4)[3:4] == b"\x00"
    return link


def send(port: int, name: str, password: str, packets: list[bytes]) -> None:
    """Sign in and send, with so many under way at most; a PUBACK has four bytes."""
    with signed_in(port, name, password) as link:
        sent = taken = 0
        while taken < 4 * len(packets):
            if sent < len(packets) and sent - taken // 4 < WINDOW:
                step = min(WINDOW // 2, len(packets) - sent)
                link.sendall(b"".join(packets[sent : sent + step]))
                sent += step
                continue
            part = link.recv(1 << 16)
            if not part:
                raise ConnectionError("the broker closed the connection")
            taken += len(part)


def _packet(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _length(len(body)) + body


def _text(words: str) -> bytes:
    said = words.encode()
    return len(said).to_bytes(2) + said


def _length(size: int) -> bytes:
    """A length as MQTT writes it: seven bits a byte."""
    found = bytearray()
    while True:
        size, low = divmod(size, 128)
        found.append(low | (0x80 if size else 0))
        if not size:
            return bytes(found)
