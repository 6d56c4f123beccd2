"""The streams in which readings wait to be stored, and a consumer that begins where the database ended.

An MQTT device is told "taken" when its message lies in the broker's own `$MQTT_msgs`: that stream is read, so
what a device was told is taken cannot be missing. We make it before the first device may connect; made by the
broker, it would keep a message only while somebody waits for it. PLAIN holds all else: messages over NATS,
and over MQTT without an acknowledgement (QoS 0). What is in both is read from MQTT. Frames lie at a broker
of their own, which has each on the disk before it says so, in several streams (FRAMES-0 and so on): in one
stream each frame waits for the disk alone, those of several do it at once.

A stream that is full takes nothing more, and whoever sends is not told "taken".
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anlan.edge.ingest.wire import BrokerStuck, Unanswered, Wire, WireError

MQTT, PLAIN, FRAMES = "$MQTT_msgs", "PLAIN", "FRAMES"
EARLIER = "MQTT"
"""Fed from MQTT by an earlier release: heard until it is empty."""
LANE = f"{FRAMES}-"
LANES = 4
"""Streams of frames, at least: the disk is waited for in so many at once."""
SUBJECT = b"d."
FROM_MQTT = b"$MQTT.msgs."
MOST_BYTES = 4 << 30
HEARTBEAT = 5
ASKED_AGAIN, LONGEST_ELECTION = 2.0, 30.0
"""Seconds after which a cluster is asked again, and in which it has chosen its leaders: a server calls an
election after 4 to 9 s without one; the cluster, each stream and each consumer have their own."""
UNAVAILABLE = 503

LIMITS: dict[str, Any] = {
    "retention": "limits",
    "discard": "new",
    "storage": "file",
    "max_bytes": MOST_BYTES,
    "max_age": 0,
    "num_replicas": 1,
}
STREAMS: dict[str, dict[str, Any]] = {
    MQTT: {"subjects": ["$MQTT.msgs.>"]},
    PLAIN: {"subjects": ["d.>", "r.>"]},
    FRAMES: {"subjects": ["f.*"]},  # what no server put into a lane
}


@dataclass(frozen=True)
class Consumer:
    """A consumer of one stream: the sid of its messages."""

    stream: str
    sid: bytes


def make_streams(wire: Wire) -> tuple[str, ...]:
    """Make what is missing before devices are let in; the streams to hear. Raises OSError."""
    earlier = _of_an_earlier_release(wire)
    for name in (MQTT, PLAIN):
        make_stream(wire, name)
    return (*_fed_no_more(wire, earlier), MQTT, PLAIN)


def _of_an_earlier_release(wire: Wire) -> dict[str, Any]:
    """The settings of the stream that an earlier release fed, with the room that it no longer needs."""
    found = ask(wire, f"$JS.API.STREAM.INFO.{EARLIER}")
    if "error" in found:
        return {}
    config = {**found["config"], "max_bytes": -1}
    _done(ask(wire, f"$JS.API.STREAM.UPDATE.{EARLIER}", config))
    return config


def _fed_no_more(wire: Wire, config: dict[str, Any]) -> tuple[str, ...]:
    """Cut it off once MQTT keeps by itself what was not fed yet; its name while something waits in it."""
    if not config:
        return ()
    config.pop("sources", None)
    if _done(ask(wire, f"$JS.API.STREAM.UPDATE.{EARLIER}", config))["state"]["messages"]:
        return (EARLIER,)
    ask(wire, f"$JS.API.STREAM.DELETE.{EARLIER}")
    return ()


def lanes_of_frames(shares: int) -> int:
    """How many streams frames lie in: for each of those who share them equally many."""
    return -(-LANES // shares) * shares


def streams_of_frames(wire: Wire, share: int, shares: int) -> dict[str, dict[str, Any]]:
    """The streams of one of several who share the frames, with what they take and how much they hold.

    The broker puts the number of a lane into the subject (`f.NAME` becomes `f.3.NAME`), by a hash of the
    name; so each lane has numbers without a gap, and what one gateway sends stays in its order. The first
    share also reads what came without a number, and what waits in lanes that are no longer used.
    """
    lanes = lanes_of_frames(shares)
    own = {f"{LANE}{lane}": _taking(lane, MOST_BYTES // lanes) for lane in range(share, lanes, shares)}
    if share:
        return own
    given_up = {f"{LANE}{lane}": _taking(lane, -1) for lane in _lanes(wire) if lane >= lanes}
    return {**given_up, FRAMES: STREAMS[FRAMES], **own}


def _taking(lane: int, most: int) -> dict[str, Any]:
    return {"subjects": [f"f.{lane}.*"], "max_bytes": most}


def _lanes(wire: Wire) -> list[int]:
    """The lanes that there are, also those of another number of shares."""
    names = _done(ask(wire, "$JS.API.STREAM.NAMES"))["streams"] or []
    return sorted(int(each.removeprefix(LANE)) for each in names if each.startswith(LANE))


def make_stream(wire: Wire, name: str, replicas: int = 1, facts: Mapping[str, Any] | None = None) -> None:
    """Make a stream that so many servers hold, or have one of an earlier release take what it now should.

    Raises WireError.
    """
    wanted = {**LIMITS, **(STREAMS[name] if facts is None else facts), "num_replicas": replicas}
    found = ask(wire, f"$JS.API.STREAM.INFO.{name}")
    if "error" in found:
        _done(ask(wire, f"$JS.API.STREAM.CREATE.{name}", {"name": name, **wanted}))
    elif any(found["config"].get(key) != wanted[key] for key in wanted):
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
    """Let the broker drop what the database holds, up to and with number `until`. Raises BrokerStuck.

    A stream whose disk was full takes nothing more, though there is room again: seen with NATS 2.15.
    """
    answer = wire.request(f"$JS.API.STREAM.PURGE.{stream}", {"seq": until + 1})
    if "error" in answer:
        raise BrokerStuck(f"{stream}: {answer['error'].get('description')}")
