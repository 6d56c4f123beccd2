"""Messages of the two streams become batches, in their order and without a gap."""

import logging
import time
from dataclasses import dataclass, field

from django.utils import timezone

from anlan.edge.ingest import streams
from anlan.edge.ingest.streams import FROM_MQTT, MQTT, PLAIN
from anlan.edge.ingest.wire import Message, Wire, WireError
from anlan.flows.take_readings import Batch, keep_listening, offset_of, take_readings
from anlan.store.readers.series import SeriesTable

log = logging.getLogger("anlan.ingest")
SILENT = 3 * streams.HEARTBEAT
ACKNOWLEDGED = (b"Nmqtt-Pub: 1", b"Nmqtt-Pub: 2", b"Nmqtt-Pub:1", b"Nmqtt-Pub:2")
"""Headers of a message that also lies in the stream MQTT."""


@dataclass
class _Stream:
    """How far one stream was read and stored."""

    name: str
    sid: bytes
    stored: int
    read: int
    subjects: list[bytes] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)


class Hearing:
    """Reads both streams from where the database ended."""

    def __init__(self, wire: Wire, most: int) -> None:
        self._wire, self._most = wire, most
        self._known = SeriesTable()
        self._streams = {each.sid: each for each in (self._begin(name) for name in (MQTT, PLAIN))}
        self._heard_at = time.monotonic()

    def _begin(self, name: str) -> _Stream:
        stored = offset_of(name)
        first = streams.first_kept(self._wire, name)
        if first > stored + 1:
            self._skip(name, stored, first - 1)
            stored = first - 1
        return _Stream(name, streams.consume(self._wire, name, stored).sid, stored, stored)

    def _skip(self, name: str, stored: int, last: int) -> None:
        """What the broker no longer holds cannot be stored: say so, and go on behind it."""
        log.error("stream %s: messages %s to %s are no longer held by the broker", name, stored + 1, last)
        take_readings(
            acting_user=None,
            batch=Batch(name, stored, last, (), ()),
            known=self._known,
            now=timezone.now(),
        )

    def say_that_we_listen(self) -> None:
        """Keep that we hear, though nothing came: whoever looks who is silent must know it is not us."""
        names = [each.name for each in self._streams.values()]
        keep_listening(acting_user=None, streams=names, now=timezone.now())

    def store_what_comes(self, seconds: float) -> int:
        """Gather messages for a moment and store them; how many. Raises OSError, Conflict."""
        until = time.monotonic() + seconds
        messages = self._wire.read(1.0)
        while messages:
            for message in messages:
                self._take(message)
            self._heard_at = time.monotonic()
            left = until - time.monotonic()
            if left <= 0 or max(len(each.payloads) for each in self._streams.values()) >= self._most:
                break
            messages = self._wire.read(left)
        if time.monotonic() - self._heard_at > SILENT:
            raise WireError("the broker fell silent")
        return sum(self._store(each) for each in self._streams.values())

    def _take(self, message: Message) -> None:
        stream = self._streams.get(message.sid)
        if stream is None:
            return
        if message.headers.startswith(b"NATS/1.0 100"):
            self._control(message)
            return
        number = streams.number_of(message.reply)
        if number != stream.read + 1:
            raise WireError(f"stream {stream.name}: number {number} came after {stream.read}")
        stream.read = number
        if stream.name == PLAIN and any(mark in message.headers for mark in ACKNOWLEDGED):
            return  # the stream MQTT has it
        stream.subjects.append(message.subject.removeprefix(FROM_MQTT))
        stream.payloads.append(message.payload)

    def _control(self, message: Message) -> None:
        """Flow control is answered; a heartbeat says that all is well, or where the consumer stalled."""
        if message.reply:
            self._wire.publish(message.reply, b"")
        stalled = [line for line in message.headers.split(b"\r\n") if b"Nats-Consumer-Stalled" in line]
        for line in stalled:
            self._wire.publish(line.partition(b":")[2].strip(), b"")

    def _store(self, stream: _Stream) -> int:
        if stream.read == stream.stored:
            return 0
        batch = Batch(stream.name, stream.stored, stream.read, stream.subjects, stream.payloads)
        done = take_readings(acting_user=None, batch=batch, known=self._known, now=timezone.now())
        stream.stored, stream.subjects, stream.payloads = stream.read, [], []
        return done.taken

    def forget_stored(self) -> None:
        """Let the broker drop what is stored."""
        for each in self._streams.values():
            if each.stored:
                streams.forget_stored(self._wire, each.name, each.stored)
