"""Messages of all streams of a broker become batches, in their order and without a gap."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.base.when_used import when_used
from anlan.edge.ingest import streams
from anlan.edge.ingest.rows import MUCH, SENT, STORED, read_rows, twice
from anlan.edge.ingest.storing import Storing
from anlan.edge.ingest.streams import EARLIER, FRAMES, FROM_MQTT, MQTT, PLAIN
from anlan.edge.ingest.wire import (
    AFTER,
    HEADERS,
    NUMBER,
    PAYLOAD,
    REPLY,
    SID,
    SUBJECT,
    Wire,
    WireError,
    rows_of,
)
from anlan.flows.stream_places import Move, begin_stream, keep_listening
from anlan.flows.take_frames import prepare_frames
from anlan.flows.take_readings import (
    ALONE,
    Batch,
    Prepared,
    Senders,
    Stored,
    Turn,
    batch_of,
    prepare,
    store,
    take_readings,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

log = logging.getLogger("anlan.ingest")
SILENT = 3 * streams.HEARTBEAT
MOST_BYTES, MOST_OF_FRAMES = 4 << 20, 1 << 20
"""Bytes in one transaction, about: some 25,000 single readings, or 70,000 in frames."""

MOST_PASSED_BY = 20_000
"""Messages of PLAIN without anything new after which the database is told how far it was read."""


@dataclass
class _Stream:
    """How far one stream was read, and how far what is stored, or about to be, goes."""

    name: str
    sid: int
    read: int
    kept: int


class Hearing:
    """Reads streams of one broker from where the database ended.

    With `aside`, batches are stored while the next is read; without, one after the other.
    """

    def __init__(
        self, wire: Wire, names: Sequence[str] = (MQTT, PLAIN), aside: Storing | None = None
    ) -> None:
        self._wire, self._aside = wire, aside
        self._most, self._prepare = (
            (MOST_OF_FRAMES, prepare_frames) if names[0].startswith(FRAMES) else (MOST_BYTES, prepare)
        )
        self._senders = Senders()
        self._storing: list[Future[Stored]] = []
        self._streams = {each.sid: each for each in (self._begin(name) for name in names)}
        self._stored = {each.name: each.read for each in self._streams.values()}
        self._heard_at, self._took_at = time.monotonic(), 0.0

    def _begin(self, name: str) -> _Stream:
        facts = streams.facts_of(self._wire, name)
        stored = begin_stream(acting_user=None, stream=name, identity=facts.made_at, now=timezone.now())
        if stored > facts.last:  # the stream was made anew, and we did not keep when
            stored = self._skip(name, stored, facts.first - 1, "counts from one again")
        elif facts.first > stored + 1:
            stored = self._skip(name, stored, facts.first - 1, "no longer holds all")
        consumer = streams.consume(self._wire, name, stored, facts.replicas)
        return _Stream(name, int(consumer.sid), stored, stored)

    def _skip(self, name: str, stored: int, last: int, why: str) -> int:
        """What the broker no longer holds cannot be stored: say so, and go on behind it."""
        log.error("stream %s %s: we had read up to %s and go on behind %s", name, why, stored, last)
        now = timezone.now()
        batch = batch_of(name, stored, last, (), (), now)
        take_readings(acting_user=None, batch=batch, senders=self._senders, now=now)
        return last

    def say_that_we_listen(self) -> None:
        """Keep that we hear, though nothing came: whoever looks who is silent must know it is not us."""
        names = [each.name for each in self._streams.values()]
        keep_listening(acting_user=None, streams=names, now=timezone.now())

    def store_what_comes(self, seconds: float) -> int:
        """Store what came; how many messages are stored by now. Raises OSError, Conflict.

        What comes within `seconds` of the batch before is stored together; the first after a silence at once.
        """
        data = self._wire.gather(self._took_at + seconds, self._most)
        if len(data) < MUCH and STORED not in data:
            return self._take_nothing(data) + self.finish()
        self._took_at = time.monotonic()
        return self._take_all(data)

    def _take_all(self, data: bytes) -> int:
        rows, used = read_rows(data)
        self._wire.keep(data[used:])
        self._heard_at = time.monotonic()
        for row in rows[rows[:, NUMBER] < 0].tolist():
            self._control(data, row)
        return self._take(data, rows)

    def _take_nothing(self, data: bytes) -> int:
        """Only the broker itself spoke, or nobody: an idle city needs no arrays for that."""
        rows, used = rows_of(data)
        self._wire.keep(data[used:])
        for row in rows:
            self._control(data, row)
        if rows:
            self._heard_at = time.monotonic()
        elif time.monotonic() - self._heard_at > SILENT:
            raise WireError("the broker fell silent")
        return 0

    def finish(self) -> int:
        """Wait until all that was read is stored; how many messages that were."""
        storing, self._storing = self._storing, []
        return sum(each.result().taken for each in storing)

    def _take(self, data: bytes, rows: NDArray[np.int64]) -> int:
        """Have stored what is new of all streams, in one transaction with their places."""
        wanted = np.zeros(len(rows), np.bool_)
        for stream in self._streams.values():
            places = np.flatnonzero((rows[:, SID] == stream.sid) & (rows[:, NUMBER] >= 0))
            if not len(places):
                continue
            self._check_numbers(stream, rows[places, NUMBER])
            stream.read = int(rows[places[-1], NUMBER])
            # what PLAIN has twice, the stream MQTT has
            wanted[places] = ~twice(data, rows[places]) if stream.name == PLAIN else True
        moved = [each for each in self._streams.values() if each.read > each.kept]
        if not wanted.any() and all(each.read - each.kept < MOST_PASSED_BY for each in moved):
            return 0
        moves = [Move(each.name, each.kept, each.read) for each in moved]
        for each in moved:
            each.kept = each.read
        batch = self._batch(moves, data, rows[wanted])
        return self._store(self._prepare(batch, self._senders, timezone.now()))

    def _check_numbers(self, stream: _Stream, numbers: NDArray[np.int64]) -> None:
        """No number may be missing. Raises WireError."""
        expected = np.arange(stream.read + 1, stream.read + 1 + len(numbers))
        wrong = np.flatnonzero(numbers != expected)
        if len(wrong):
            raise WireError(
                f"stream {stream.name}: number {numbers[wrong[0]]} came after {expected[wrong[0]] - 1}"
            )

    def _control(self, data: bytes, row: Sequence[int]) -> None:
        """Flow control is answered; a heartbeat says that all is well, or where the consumer stalled."""
        if row[SID] == 0:
            self._wire.line(data[row[SUBJECT] : row[SUBJECT + 1]])
            return
        if row[REPLY]:
            self._wire.publish(data[row[REPLY] : row[REPLY + 1]], b"")
        for line in data[row[HEADERS] : row[AFTER]].split(b"\r\n"):
            if b"Nats-Consumer-Stalled" in line:
                self._wire.publish(line.partition(b":")[2].strip(), b"")

    def _store(self, prepared: Prepared) -> int:
        """Store a batch, or have it stored after those before it; how many messages are stored now."""
        if self._aside is None:
            return self._store_now(prepared).taken
        taken = 0
        while self._storing and (len(self._storing) > 1 or self._storing[0].done()):
            taken += self._storing.pop(0).result().taken
        self._storing.append(self._aside.begin(partial(self._store_now, prepared), prepared.found))
        return taken

    def _store_now(self, prepared: Prepared, turn: Turn = ALONE) -> Stored:
        done = store(acting_user=None, prepared=prepared, now=timezone.now(), turn=turn)
        self._stored |= {move.stream: move.last for move in prepared.batch.moves}
        return done

    def forget_stored(self) -> None:
        """Let the broker drop what is stored. Raises BrokerStuck."""
        for name, number in self._stored.items():
            if number:
                streams.forget_stored(self._wire, name, number)

    def _batch(self, moves: Sequence[Move], data: bytes, rows: NDArray[np.int64]) -> Batch:
        subjects = rows[:, SUBJECT : SUBJECT + 2].copy()
        for stream in self._streams.values():
            if stream.name in (MQTT, EARLIER):
                subjects[rows[:, SID] == stream.sid, 0] += len(FROM_MQTT)
        payloads = rows[:, PAYLOAD : AFTER + 1]
        return Batch(moves, np.frombuffer(data, np.uint8), subjects, payloads, rows[:, SENT])
