"""A batch of messages becomes rows: all of it and its places in the streams in one transaction, each once.

The database alone knows how far a stream was read. Whoever reads on begins there, so what was stored is not
read again, and what was not is; a reading that comes twice meets its own key.

`prepare` reads messages as arrays, `store` writes them: two threads may do one each, for two batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from anlan.base.when_used import when_used
from anlan.flows.device_history import note_limited
from anlan.flows.judge_readings import NotNew, judge_readings
from anlan.flows.store_readings import NotBelieved, copy_new, days_of, insert, keep_aside, sum_up
from anlan.flows.stream_places import Move, move_on
from anlan.sensing.believing import HISTORY
from anlan.sensing.believing_many import REASONS, faults
from anlan.sensing.messages import MICROSECONDS, joined, readings_of
from anlan.sensing.pace import Pace
from anlan.sensing.rolling_up import Found, in_order
from anlan.sensing.terms import QuarantineReason
from anlan.store.observation_days import make_days
from anlan.store.readers.rules import Judging
from anlan.store.readers.series import Known, SeriesTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

REPLAYED = ord("r")
"""Subjects are `d.DEVICE.PROPERTY`, or `r.` for what an operator plays again from a file."""
PREFIX = 2


@dataclass(frozen=True)
class Batch:
    """n messages of some streams in their order, as spans (from, up to) of one buffer.

    `moves` says how far each stream is read by them; `sent` is when the broker took each, in microseconds
    since 1970.
    """

    moves: Sequence[Move]
    data: NDArray[np.uint8]
    subjects: NDArray[np.int64]
    payloads: NDArray[np.int64]
    sent: NDArray[np.int64]


def batch_of(
    stream: str, after: int, last: int, subjects: Sequence[bytes], payloads: Sequence[bytes], now: datetime
) -> Batch:
    """A batch of messages of one stream that lie one by one."""
    data, spans = joined([*subjects, *payloads])
    count = len(subjects)
    sent = np.full(count, micros_of(now))
    return Batch((Move(stream, after, last),), data, spans[:count], spans[count:], sent)


@dataclass(frozen=True)
class Prepared:
    """What becomes of a batch: readings to judge and store, others to keep aside, devices to slow."""

    batch: Batch
    messages: int
    found: Found
    refused: Sequence[NotBelieved]
    rules: Sequence[Judging]
    limited: Sequence[int] = ()


@dataclass(frozen=True)
class Stored:
    """What became of a batch."""

    taken: int
    new: int
    refused: Mapping[QuarantineReason, int] = field(default_factory=dict)


@dataclass
class Senders:
    """What is kept in memory between batches: series by name, and the pace of each sender."""

    known: SeriesTable = field(default_factory=SeriesTable)
    pace: Pace = field(default_factory=lambda: Pace(settings.ANLAN_DEVICE_RATE))


def micros_of(at: datetime) -> int:
    """Microseconds since 1970."""
    return int(at.timestamp() * MICROSECONDS)


def take_readings(*, acting_user: None, batch: Batch, senders: Senders, now: datetime) -> Stored:
    """Store a batch. Raises Conflict when a stream was read further by somebody else."""
    return store(acting_user=None, prepared=prepare(batch, senders, now), now=now)


@dataclass(frozen=True)
class Turn:
    """The place of a batch among others of the same process.

    It has to `give` the turn to the next, which may copy its rows from then on. While the batch before it is
    still being stored, `wait` waits for that, and raises what that raised.
    """

    give: Callable[[], object]
    wait: Callable[[], object] | None = None


ALONE = Turn(lambda: None)


def store(*, acting_user: None, prepared: Prepared, now: datetime, turn: Turn = ALONE) -> Stored:
    """Store what was prepared. Raises Conflict when a stream was read further by somebody else.

    While the batch before is being stored, rows are copied already; where that does not do, since one is
    late or was stored before, all of it is undone, and done again when the one before is stored.
    """
    make_days(days_of(prepared.found.at), made=now.astimezone(UTC).date())
    if turn.wait is not None:
        with suppress(NotNew):
            return _stored_early(prepared, now, turn.give, turn.wait)
        turn.wait()
    return _stored(prepared, now, turn)


def _stored(prepared: Prepared, now: datetime, turn: Turn) -> Stored:
    found = prepared.found
    with transaction.atomic():
        move_on(prepared.batch.moves, now)
        judge_readings(found.series, found.at, found.value, now, prepared.rules)
        new = insert(found)
        turn.give()
        return _finished(prepared, new, now)


def _stored_early(
    prepared: Prepared, now: datetime, give: Callable[[], object], wait: Callable[[], object]
) -> Stored:
    """Store a batch whose readings are all newer than those before. Raises NotNew, and nothing is stored."""
    found = prepared.found
    with transaction.atomic():
        copy_new(found)
        wait()
        move_on(prepared.batch.moves, now)
        judge_readings(found.series, found.at, found.value, now, prepared.rules, give)
        give()
        return _finished(prepared, found, now)


def _finished(prepared: Prepared, new: Found, now: datetime) -> Stored:
    """Sum up what was new, and keep what else is known of the batch."""
    sum_up(new, now)
    refused = keep_aside(prepared.refused, now)
    note_limited(prepared.limited, now)
    return Stored(prepared.messages, len(new.at), refused)


def prepare(batch: Batch, senders: Senders, now: datetime) -> Prepared:
    """Read single messages: the readings to store in order, and those that are not, with the reason."""
    readings, rejected = readings_of(batch.data, batch.payloads)
    names = batch.subjects[readings.index] + np.array([PREFIX, 0])
    known = senders.known.look_up(batch.data, names)
    replayed = batch.data[batch.subjects[readings.index, 0]] == REPLAYED
    wrong = judged(known, readings.at, readings.value, oldest(replayed, now), now)
    sent = batch.sent[readings.index]
    over = (known.series >= 0) & ~replayed
    over[over] = senders.pace.too_many(known.device[over], sent[over])
    wrong[over & (wrong == 0)] = REASONS.index(QuarantineReason.TOO_MANY)
    fine = (known.series >= 0) & (wrong == 0)
    found = Found(known.series[fine], readings.at[fine], readings.value[fine])
    reasons = {each.index: each.reason for each in rejected}
    for place in np.flatnonzero(~fine).tolist():
        reasons[int(readings.index[place])] = REASONS[wrong[place]] or QuarantineReason.UNKNOWN_PROPERTY
    strange = readings.index[known.series < 0].tolist()
    refused = list(_refused(batch, reasons, set(strange), senders.known)) if reasons else []
    return Prepared(
        batch,
        len(batch.payloads),
        in_order([found]),
        refused,
        senders.known.rules.rules(),
        np.unique(known.device[over]).tolist(),
    )


def oldest(replayed: NDArray[np.bool_], now: datetime) -> NDArray[np.int64]:
    """Before which moment a reading is too old: what is not kept is not taken either."""
    kept = micros_of(now - timedelta(days=settings.ANLAN_READINGS_DAYS))
    return np.where(replayed, min(micros_of(now - HISTORY), kept), kept)


def judged(
    known: Known,
    at: NDArray[np.int64],
    value: NDArray[np.float64],
    oldest: int | NDArray[np.int64],
    now: datetime,
) -> NDArray[np.int8]:
    """Why each reading is not believed: an index of REASONS, 0 for one that is."""
    return faults(at, value, known.low, known.high, micros_of(now), oldest)


def _refused(
    batch: Batch, reasons: Mapping[int, QuarantineReason], strange: set[int], known: SeriesTable
) -> Iterator[NotBelieved]:
    view = memoryview(batch.data)
    names = {
        index: bytes(view[batch.subjects[index, 0] + PREFIX : batch.subjects[index, 1]])
        for index in sorted(reasons)
    }
    why = known.why_unknown(names[index] for index in strange)
    for index, name in names.items():
        device, code = names_in(name)
        said = bytes(view[batch.payloads[index, 0] : batch.payloads[index, 1]][:500])
        reason = why[name] if index in strange else reasons[index]
        yield NotBelieved(device, code, said.decode(errors="replace"), reason)


def names_in(name: bytes) -> tuple[str, str]:
    """Device and property of a name `DEVICE.PROPERTY`, as they call themselves."""
    device, _dot, code = name.partition(b".")
    return device.decode(errors="replace")[:64], code.decode(errors="replace")[:64]
