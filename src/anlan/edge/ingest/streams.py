"""The streams in which readings wait to be stored, and a consumer that begins where the database ended.

Two streams, since an MQTT device is told "taken" when its message lies in the broker's own `$MQTT_msgs`, not
in a stream of ours: MQTT is fed from there (`sources`), so what a device was told is taken cannot be missing.
PLAIN holds all else: messages over NATS, and over MQTT without an acknowledgement (QoS 0). What is in both is
read from MQTT. FRAMES lies at a broker of its own, which has every frame on the disk before it says so.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anlan.edge.ingest.wire import LONGEST_WAIT, Unanswered, Wire, WireError

MQTT, PLAIN, FRAMES = "MQTT", "PLAIN", "FRAMES"
ORIGIN = "$MQTT_msgs"
SUBJECT = b"d."
FROM_MQTT = b"$MQTT.msgs."
MOST_BYTES = 4 << 30
MOST_DAYS = 7
HEARTBEAT = 5
ASKED_AGAIN, LONGEST_ELECTION = 2.0, 30.0
"""Seconds after which a cluster is asked again, and in which it has chosen its leaders: a server calls an
election after 4 to 9 s without one; the cluster, each stream and each consumer have their own."""
UNAVAILABLE = 503

LIMITS: dict[str, Any] = {
    "retention": "limits",
    "discard": "old",
    "storage": "file",
    "max_bytes": MOST_BYTES,
    "max_age": MOST_DAYS * 86_400 * 10**9,
    "num_replicas": 1,
}
STREAMS: dict[str, dict[str, Any]] = {
    MQTT: {"sources": [{"name": ORIGIN, "filter_subject": "$MQTT.msgs.d.>"}]},
    PLAIN: {"subjects": ["d.>", "r.>"]},
    FRAMES: {"subjects": ["f.*"]},
}


@dataclass(frozen=True)
class Consumer:
    """A consumer of one stream: the sid of its messages."""

    stream: str
    sid: bytes


def make_streams(wire: Wire, mqtt: tuple[str, int], user: str, password: str) -> None:
    """Make what is missing, and wait until what devices send over MQTT is kept. Raises OSError.

    The origin is made by the broker when somebody first connects over MQTT, so we do. It keeps a message only
    while something wants it: until MQTT's source is attached, what a device sends would be lost.
    """
    open_mqtt(*mqtt, user, password)
    for name in (MQTT, PLAIN):
        make_stream(wire, name)
    until = time.monotonic() + 60
    while not _is_attached(wire):
        if time.monotonic() > until:
            raise WireError("the stream MQTT is not fed")
        time.sleep(0.1)


def shares_of_frames(share: int, shares: int) -> dict[str, dict[str, Any]]:
    """The streams of one of several who share the frames, with what they take and how much they hold.

    The broker puts the number of the share into the subject (`f.NAME` becomes `f.3.NAME`), so each stream
    has numbers without a gap. The first share also reads what came before there were several.
    """
    mine = {"subjects": [f"f.{share}.*"], "max_bytes": MOST_BYTES // shares}
    own = {} if shares == 1 else {f"{FRAMES}-{share}": mine}
    return own if share else {FRAMES: STREAMS[FRAMES], **own}


def make_stream(wire: Wire, name: str, replicas: int = 1, facts: Mapping[str, Any] | None = None) -> None:
    """Make a stream that so many servers hold, or have one of an earlier release take what it now should.

    Raises WireError.
    """
    wanted = {**(STREAMS[name] if facts is None else facts), "num_replicas": replicas}
    found = ask(wire, f"$JS.API.STREAM.INFO.{name}")
    if "error" in found:
        _done(ask(wire, f"$JS.API.STREAM.CREATE.{name}", {"name": name, **LIMITS, **wanted}))
    elif any(found["config"].get(key) != wanted.get(key) for key in ("subjects", "num_replicas")):
        _done(ask(wire, f"$JS.API.STREAM.UPDATE.{name}", {**found["config"], **wanted}))


def ask(wire: Wire, subject: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Ask JetStream, and again while it chooses a leader: what is asked meanwhile reaches nobody.

    Only for what may be asked twice. Raises Unanswered when no leader was found.
    """
    until = time.monotonic() + LONGEST_ELECTION
    while True:
        try:
            answer = wire.request(subject, body, ASKED_AGAIN)
        except Unanswered:
            if time.monotonic() > until:
                raise
            continue
        if answer.get("error", {}).get("code") != UNAVAILABLE or time.monotonic() > until:
            return answer
        time.sleep(0.2)


def _done(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise WireError(str(answer["error"]))
    return answer


def _is_attached(wire: Wire) -> bool:
    state = wire.request(f"$JS.API.STREAM.INFO.{ORIGIN}").get("state", {})
    return bool(state.get("consumer_count"))


def open_mqtt(host: str, port: int, user: str, password: str) -> None:
    """Connect over MQTT once and leave (MQTT 3.1.1, section 3.1). Raises OSError when the broker refuses."""
    client = _text("anlan-ingest")
    head = _text("MQTT") + bytes([4, 0b1100_0010]) + (30).to_bytes(2)
    body = head + client + _text(user) + _text(password)
    with socket.create_connection((host, port), LONGEST_WAIT) as link:
        link.sendall(bytes([0x10]) + _length(len(body)) + body)
        answer = link.recv(4)
        if answer[:1] != b"\x20" or answer[3:4] != b"\x00":
            raise WireError("the broker refused us over MQTT")
        link.sendall(bytes([0xE0, 0]))


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


@dataclass(frozen=True)
class Facts:
    """Of a stream: when it was made, the numbers of the oldest message that it holds and of its last, and how
    many servers hold it."""

    made_at: str
    first: int
    last: int
    replicas: int


def facts_of(wire: Wire, stream: str) -> Facts:
    """What a stream holds; the first is one beyond the last when it is empty. Raises WireError."""
    info = _done(ask(wire, f"$JS.API.STREAM.INFO.{stream}"))
    state = info.get("state", {})
    last = int(state.get("last_seq") or 0)
    first, replicas = int(state.get("first_seq") or 0) or last + 1, info.get("config", {}).get("num_replicas")
    return Facts(str(info.get("created", ""))[:40], first, last, int(replicas or 1))


def consume(wire: Wire, stream: str, after: int, replicas: int = 1) -> Consumer:
    """Have the messages after number `after` sent to us in their order, each once. Raises WireError.

    A consumer is held by as many servers as its stream: one alone may be the one that is down. It has a name,
    so that asked for twice it is still one, and sends each message once.
    """
    name = f"anlan-{time.monotonic_ns()}"
    inbox = f"_INBOX.anlan.{stream}.{name}"
    sid = wire.subscribe(inbox)
    config = {
        "name": name,
        "deliver_subject": inbox,
        "deliver_policy": "by_start_sequence",
        "opt_start_seq": after + 1,
        "ack_policy": "none",
        "replay_policy": "instant",
        "flow_control": True,
        "idle_heartbeat": HEARTBEAT * 10**9,
        "inactive_threshold": 60 * 10**9,
        "mem_storage": True,
        "num_replicas": replicas,
    }
    asked = {"stream_name": stream, "config": config, "action": "create"}
    _done(ask(wire, f"$JS.API.CONSUMER.CREATE.{stream}.{name}", asked))
    return Consumer(stream, sid)


def forget_stored(wire: Wire, stream: str, until: int) -> None:
    """Let the broker drop what the database holds, up to and with number `until`."""
    wire.request(f"$JS.API.STREAM.PURGE.{stream}", {"seq": until + 1})
