"""A question to the broker that nobody answers costs nothing of what came meanwhile."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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


@pytest.fixture
def over_tcp() -> Iterator[tuple[Wire, socket.socket]]:
    """A connection to this machine, and its other end."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as ours,
    ):
        theirs, _address = server.accept()
        with theirs:
            yield Wire(ours, {}), theirs


def test_what_comes_slowly_is_gathered_until_the_moment(over_tcp: tuple[Wire, socket.socket]) -> None:
    wire, broker = over_tcp
    broker.sendall(MESSAGE)
    until = time.monotonic() + 0.2

    assert wire.gather(until, 1 << 20) == MESSAGE
    assert time.monotonic() >= until


def test_a_flood_is_not_made_to_wait_for_the_moment(over_tcp: tuple[Wire, socket.socket]) -> None:
    wire, broker = over_tcp
    flood = MESSAGE * ((1 << 18) // len(MESSAGE) + 1)
    with ThreadPoolExecutor(1) as aside:
        gathered = aside.submit(wire.gather, time.monotonic() + 60, 1 << 20)
        broker.sendall(MESSAGE)
        broker.sendall(flood)
        found = gathered.result(20)

    assert found.startswith(MESSAGE) and len(found) > len(MESSAGE)
