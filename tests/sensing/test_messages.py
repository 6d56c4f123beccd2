"""Batches of payloads are read as if each came alone."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anlan.sensing.messages import readings_of

GOOD = b'{"t": "2026-11-27T09:00:00+08:00", "v": 1.5}'
RUBBISH = [
    *(b"{},{}", b"[1", b"2]", b"{", b"}", b"", b"null"),
    *(b'{"t": 1, "v": 2}', b'{"v": 2}', b'{"t": "{", "v": 1}'),
    *(b'{"a":"', b'{","b":"}"}'),
]
TIMES = ["2026-11-27T09:00:00Z", "2026-11-27T09:00:00", "x", "2026-11-27T09:00:00.123456+08:00"]
FINITE = st.floats(allow_nan=False, allow_infinity=False)
PAYLOADS = st.one_of(
    st.just(GOOD),
    st.binary(max_size=30),
    st.sampled_from(RUBBISH),
    st.builds(
        lambda t, v: json.dumps({"t": t, "v": v}).encode(),
        st.sampled_from(TIMES),
        st.one_of(FINITE, st.booleans(), st.text(max_size=3), st.none()),
    ),
)


@given(st.lists(PAYLOADS, max_size=8))
def test_a_batch_is_read_as_its_messages_are_one_by_one(payloads: list[bytes]) -> None:
    readings, rejected = readings_of(payloads)

    alone = [readings_of([each]) for each in payloads]
    assert list(readings.at) == [int(at) for each, _ in alone for at in each.at]
    assert list(readings.value) == [float(value) for each, _ in alone for value in each.value]
    assert [each.reason for each in rejected] == [no.reason for _, wrong in alone for no in wrong]
    assert sorted([*readings.index, *(each.index for each in rejected)]) == list(range(len(payloads)))


def test_no_payload_moves_what_others_said_to_another_place() -> None:
    spoof = GOOD + b"," + GOOD.replace(b"1.5", b"99")

    readings, rejected = readings_of([spoof, GOOD, b"[1", b"2]"])

    assert (list(readings.index), list(readings.value)) == ([1], [1.5])
    assert [each.index for each in rejected] == [0, 2, 3]


def test_two_payloads_that_make_one_object_move_nobody_elses_reading() -> None:
    readings, rejected = readings_of([b'{"a":"', b'{","b":"}"}', GOOD, GOOD])

    assert list(readings.index) == [2, 3]
    assert [each.index for each in rejected] == [0, 1]


def test_times_are_microseconds_since_1970() -> None:
    readings, _ = readings_of([b'{"t": "1970-01-01T08:00:00.000001+08:00", "v": 1}'])

    assert readings.at.dtype == np.int64 and list(readings.at) == [1]
