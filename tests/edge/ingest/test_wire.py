"""A question to the broker that nobody answers costs nothing of what came meanwhile."""

import socket
from collections.abc import Iterator

import pytest

from anlan.edge.ingest import streams
from anlan.edge.ingest.wire import Unanswered, Wire

MESSAGE = b"MSG d.pond-1.level 7 2\r\nhi\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """A connection, and its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(20)
        yield Wire(ours, {}), theirs


def test_what_came_while_nobody_answered_is_read_afterwards(ends: tuple[Wire, socket.socket]) -> None:
    wire, broker = ends
    broker.sendall(MESSAGE + MESSAGE[:5])

    with pytest.raises(Unanswered, match=r"STREAM\.INFO\.FRAMES was not answered"):
        wire.request("$JS.API.STREAM.INFO.FRAMES", seconds=0.01)
    broker.sendall(MESSAGE[5:])

    assert [each.payload for each in wire.read(20) + wire.read(0.01)] == [b"hi", b"hi"]
    assert broker.recv(1000).endswith(b"UNSUB 1\r\n")


def test_a_cluster_without_a_leader_is_asked_again(
    ends: tuple[Wire, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first question reaches nobody, the second somebody who knows no leader, the third the leader."""
    monkeypatch.setattr(streams, "ASKED_AGAIN", 0.01)
    wire, broker = ends
    for sid, answer in ((2, b'{"error": {"code": 503}}'), (3, b'{"created": "now"}')):
        broker.sendall(b"MSG _INBOX.anlan.1 %d %d\r\n%b\r\n" % (sid, len(answer), answer))

    assert streams.ask(wire, "$JS.API.STREAM.INFO.FRAMES") == {"created": "now"}
