"""Batches of payloads are read as if each came alone, whoever reads them."""

import json
from datetime import datetime, timedelta, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anlan.sensing.messages import Readings, Rejected, joined, readings_of

GOOD = b'{"t": "2026-11-27T09:00:00+08:00", "v": 1.5}'
RUBBISH = [
    *(b"{},{}", b"[1", b"2]", b"{", b"}", b"", b"null"),
    *(b'{"t": 1, "v": 2}', b'{"v": 2}', b'{"t": "{", "v": 1}'),
    *(b'{"a":"', b'{","b":"}"}'),
    b'{"v":1,"t":"2026-02-29T00:00:00Z"}',
    b'{"t":"2026-11-27T24:00:00Z","v":1}',
    b'{"t":"2026-11-27T09:00:00Z","v":01}',
    b'{"t":"2026-11-27T09:00:00Z","v":1.}',
    b'{"t":"2026-11-27T09:00:00Z","v":-}',
    b'{"t":"2026-11-27T09:00:00Z","v":1,"v":2}',
    b'{"t":"2026-11-27T09:00:00Z","v":1,"x":2}',
    b'{"t":"2026-11-27T09:00:00Z","v":1}{',
    b'{"t":"2026-11-27T09:00:00+24:00","v":1}',
    b'{"t":"2026-11-27T09:00:00.Z","v":1}',
    b'{"t":"2026-11-27T09:00:00.1234567Z","v":1}',
    b'{"t":"2026-11-27 09:00:00Z","v":1}',
    b'{"t":"2026-11-27T09:00:00.5Z" , "v":1e3}',
    b'{"t":"2026-11-27T09:00:00,5Z","v":12345678901234567890}',
    b'{"t":"2026-11-27T09:00:00-00:30","v":0.1234567890123456789}\n',
]
TIMES = st.one_of(
    st.sampled_from(["2026-11-27T09:00:00", "x", "2026-11-27T09:00:00.123456+08:00"]),
    st.datetimes(
        datetime(1900, 1, 1),
        datetime(2200, 1, 1),
        timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    ).map(datetime.isoformat),
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.one_of(FINITE, FINITE.map(lambda v: round(v, 3)), st.integers(-(2**70), 2**70))
PAYLOADS = st.one_of(
    st.just(GOOD),
    st.binary(max_size=30),
    st.sampled_from(RUBBISH),
    st.builds(
        lambda t, v, space: json.dumps({"t": t, "v": v}, separators=space).encode(),
        TIMES,
        st.one_of(NUMBERS, st.booleans(), st.text(max_size=3), st.none()),
        st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", " :\t")]),
    ),
)


def read(payloads: list[bytes], few: int = 500) -> tuple[Readings, list[Rejected]]:
    return readings_of(*joined(payloads), few)


@given(st.lists(PAYLOADS, max_size=8), st.sampled_from([0, 500]))
def test_a_batch_is_read_as_its_messages_are_one_by_one(payloads: list[bytes], few: int) -> None:
    """`few` is 0: the compiled reader takes what is plain, and finds what the general one would."""
    readings, rejected = read(payloads, few)

    alone = [read([each]) for each in payloads]
    assert list(readings.at) == [int(at) for each, _ in alone for at in each.at]
    assert list(readings.value) == [float(value) for each, _ in alone for value in each.value]
    assert [each.reason for each in rejected] == [no.reason for _, wrong in alone for no in wrong]
    assert sorted([*readings.index, *(each.index for each in rejected)]) == list(range(len(payloads)))


def test_no_payload_moves_what_others_said_to_another_place() -> None:
    spoof = GOOD + b"," + GOOD.replace(b"1.5", b"99")

    readings, rejected = read([spoof, GOOD, b"[1", b"2]"])

    assert (list(readings.index), list(readings.value)) == ([1], [1.5])
    assert [each.index for each in rejected] == [0, 2, 3]


def test_two_payloads_that_make_one_object_move_nobody_elses_reading() -> None:
    readings, rejected = read([b'{"a":"', b'{","b":"}"}', GOOD, GOOD])

    assert list(readings.index) == [2, 3]
    assert [each.index for each in rejected] == [0, 1]


def test_times_are_microseconds_since_1970() -> None:
    readings, _ = read([b'{"t": "1970-01-01T08:00:00.000001+08:00", "v": 1}'])

    assert readings.at.dtype == np.int64 and list(readings.at) == [1]
