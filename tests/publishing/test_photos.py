"""When a photo was taken, as far as its camera can be believed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.publishing.photo_bytes import end_of, format_of, is_mixed
from anlan.publishing.photos import OLDEST, made_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
CAME = datetime(2026, 11, 23, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.mark.parametrize(
    ("taken", "offset", "expected"),
    [
        ("2026:11:23 09:30:00", "+08:00", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        ("2026:11:23 09:30:00", "", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        ("2026:11:22 20:30:00", "-05:00", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        ("2026:11:23 12:00:01", "+08:00", CAME),  # later than it came
        ("2001:01:01 00:00:00", "", CAME),  # a camera that was reset
        ("2026:11:23 09:30:00", "rubbish", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        ("0000:00:00 00:00:00", "", CAME),
        ("", "", CAME),
    ],
)
def test_the_cameras_word_counts_when_it_can_be_right(taken: str, offset: str, expected: datetime) -> None:
    assert made_at(taken, offset, received_at=CAME, zone=SHANGHAI) == expected


@given(st.text(max_size=40), st.text(max_size=10))
def test_no_clock_makes_a_photo_newer_than_its_arrival(taken: str, offset: str) -> None:
    at = made_at(taken, offset, received_at=CAME, zone=SHANGHAI)

    assert CAME - OLDEST <= at <= CAME


@given(st.datetimes(datetime(2017, 1, 1), datetime(2026, 11, 22)), st.integers(-14 * 60, 14 * 60))
def test_a_time_with_an_offset_is_the_same_moment_everywhere(wall: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"

    at = made_at(f"{wall:%Y:%m:%d %H:%M:%S}", offset, received_at=CAME, zone=SHANGHAI)

    assert at == wall.replace(microsecond=0, tzinfo=UTC) - timedelta(minutes=minutes)


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP", b"\0\0\0\x18ftypheic"]),
    st.binary(),
)
def test_any_bytes_behind_a_picture_head_get_an_answer(head: bytes, rest: bytes) -> None:
    data = head + rest
    kind = format_of(data)
    end = None if kind is None else end_of(data, kind)

    assert kind is not None or head.startswith(b"\0")
    assert end is None or (end <= len(data) and is_mixed(data, end) in {True, False})
