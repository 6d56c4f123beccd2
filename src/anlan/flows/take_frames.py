"""Frames of gateways become rows: as `take_readings`, from columns of many readings a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from anlan.base.clock import EPOCH
from anlan.base.errors import Refused
from anlan.base.when_used import when_used
from anlan.flows.store_readings import NotBelieved
from anlan.flows.take_readings import Batch, Prepared, Senders, judged, names_in, oldest
from anlan.sensing.believing_many import REASONS
from anlan.sensing.frames import Frame, decode
from anlan.sensing.messages import pieces_of
from anlan.sensing.rolling_up import Found, in_order
from anlan.sensing.terms import QuarantineReason
from anlan.store.readers.series import Known

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

NOT_ITS_OWN = REASONS.index(QuarantineReason.NOT_ITS_OWN)


@dataclass(frozen=True)
class _Sent:
    """A frame, who sent it, what its names are, and which of them its sender may send for."""

    sender: str
    frame: Frame
    known: Known
    own: NDArray[np.bool_]


def prepare_frames(batch: Batch, senders: Senders, now: datetime) -> Prepared:
    """Read frames: the readings to store in order, and those that are not, with the reason."""
    refused: list[NotBelieved] = []
    sent = list(_read(batch, senders, refused))
    if not sent:
        nothing = Found(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0))
        return Prepared(batch, len(batch.payloads), nothing, refused, ())
    known = _all([each.known.at(each.frame.name.astype(np.int64)) for each in sent])
    at = np.concatenate([each.frame.at for each in sent])
    value = np.concatenate([each.frame.value for each in sent])
    wrong = judged(known, at, value, oldest(np.zeros(len(at), np.bool_), now), now)
    wrong[~np.concatenate([each.own[each.frame.name] for each in sent])] = NOT_ITS_OWN
    fine = (known.series >= 0) & (wrong == 0)
    if not fine.all():
        refused += _refused(sent, known, wrong, senders)
    found = Found(known.series[fine], at[fine], value[fine])
    return Prepared(batch, len(at), in_order([found]), refused, senders.known.rules.rules())


def _read(batch: Batch, senders: Senders, refused: list[NotBelieved]) -> Iterator[_Sent]:
    """The frames that can be read; what cannot is put to `refused`."""
    subjects = pieces_of(batch.data, batch.subjects)
    payloads = pieces_of(batch.data, batch.payloads)
    names: dict[tuple[str, bytes], tuple[Known, NDArray[np.bool_]]] = {}
    over = senders.pace.too_many(_numbers(subjects), batch.sent).tolist()
    for subject, payload, too_many in zip(subjects, payloads, over, strict=True):
        sender = subject.rpartition(b".")[2].decode(errors="replace")
        if too_many:
            refused.append(NotBelieved(sender[:64], "", "a frame", QuarantineReason.TOO_MANY))
            continue
        try:
            frame = decode(payload)
        except Refused as no:
            said = f"{no.facts.get('why')}: {payload[:40].hex()}"
            refused.append(NotBelieved(sender[:64], "", said, QuarantineReason.MALFORMED))
            continue
        key = sender, frame.names
        if key not in names:
            names[key] = _named(sender, frame.names, senders)
        yield _Sent(sender, frame, *names[key])


def _numbers(subjects: list[bytes]) -> NDArray[np.int64]:
    """Senders of frames as numbers, apart from those of devices."""
    return np.array([-1 - crc32(subject) for subject in subjects], np.int64)


def _named(sender: str, joined: bytes, senders: Senders) -> tuple[Known, NDArray[np.bool_]]:
    """What the names of a frame are, and which the sender may send: its own, and of devices behind it."""
    names = joined.split(b"\n")
    known = senders.known.look_up_names(names)
    itself = np.array([name.partition(b".")[0] == sender.encode() for name in names], np.bool_)
    return known, itself | (known.gateway == sender) | (known.series < 0)


def _all(parts: list[Known]) -> Known:
    columns = ("series", "low", "high", "device", "gateway")
    return Known(*(np.concatenate([getattr(each, name) for each in parts]) for name in columns))


def _refused(
    sent: list[_Sent], known: Known, wrong: NDArray[np.int8], senders: Senders
) -> Iterator[NotBelieved]:
    """Each reading that is not stored, with the reason."""
    starts = np.cumsum([0, *(len(each.frame.at) for each in sent)])
    places = np.flatnonzero((known.series < 0) | (wrong != 0))
    which = np.searchsorted(starts, places, "right") - 1
    names = [each.frame.names.split(b"\n") for each in sent]
    strange = {
        names[one][sent[one].frame.name[place - starts[one]]]
        for place, one in zip(places.tolist(), which.tolist(), strict=True)
        if known.series[place] < 0
    }
    why = senders.known.why_unknown(strange)
    for place, one in zip(places.tolist(), which.tolist(), strict=True):
        inside = place - int(starts[one])
        frame = sent[one].frame
        name = names[one][frame.name[inside]]
        reason = why[name] if known.series[place] < 0 else REASONS[wrong[place]]
        assert reason is not None
        yield NotBelieved(*names_in(name), _said(sent[one].sender, frame, inside), reason)


def _said(sender: str, frame: Frame, place: int) -> str:
    """A reading of a frame in words."""
    at = int(frame.at[place])
    try:
        words = (EPOCH + timedelta(microseconds=at)).astimezone(UTC).isoformat()
    except OverflowError:
        words = f"{at} microseconds since 1970"
    return f"{frame.value[place]:g} at {words}, frame of {sender}"
