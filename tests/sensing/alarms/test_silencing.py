"""Silences: what they cover, when they hold, and what nobody may ask for."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.sensing.alarms.closing import Precision, check_closing
from anlan.sensing.alarms.flapping import SPAN, TIMES, is_flapping
from anlan.sensing.alarms.silencing import check_silence, silenced_by

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ringing:
    """An alarm."""

    pk: int = 5
    area_path: str = "990100.990101.990101001."
    device_id: int | None = 11
    site_id: int | None = 7
    rule_id: int | None = 3


@dataclass(frozen=True)
class Asked:
    """A silence over the county."""

    pk: int = 1
    area_path: str = "990100.990101."
    device_id: int | None = None
    site_id: int | None = None
    rule_id: int | None = None
    alarm_id: int | None = None
    begins: datetime = NOON
    ends: datetime | None = NOON + HOUR


@pytest.mark.parametrize(
    "silence",
    [
        Asked(),
        Asked(device_id=11),
        Asked(site_id=7, rule_id=3),
        Asked(alarm_id=5, ends=None),
    ],
)
def test_a_silence_that_names_an_alarm_covers_it(silence: Asked) -> None:
    assert silenced_by(Ringing(), [silence], NOON) == silence


@pytest.mark.parametrize(
    "silence",
    [
        Asked(area_path="990100.990102."),
        Asked(device_id=12),
        Asked(device_id=11, rule_id=4),
        Asked(alarm_id=6),
        Asked(begins=NOON + HOUR, ends=NOON + 2 * HOUR),
        Asked(begins=NOON - 2 * HOUR, ends=NOON),
    ],
)
def test_any_other_does_not(silence: Asked) -> None:
    assert silenced_by(Ringing(), [silence], NOON) is None


def test_a_silence_ends_to_the_microsecond() -> None:
    last = NOON + HOUR - timedelta(microseconds=1)
    assert silenced_by(Ringing(), [Asked()], last) == Asked()
    assert silenced_by(Ringing(), [Asked()], NOON + HOUR) is None


def test_of_several_the_one_that_ends_last_counts() -> None:
    longer, endless = Asked(pk=2, ends=NOON + 2 * HOUR), Asked(pk=3, alarm_id=5, ends=None)
    assert silenced_by(Ringing(), [longer, Asked()], NOON) == longer
    assert silenced_by(Ringing(), [longer, endless, Asked()], NOON) == endless


@pytest.mark.parametrize(
    ("ends", "reason", "until_resolved", "why"),
    [
        (NOON + HOUR, " ", False, "reason_missing"),
        (None, "works", False, "silence_without_end"),
        (NOON, "works", False, "silence_ends_first"),
        (NOON + timedelta(days=8), "works", False, "silence_too_long"),
        (None, "", True, "reason_missing"),
    ],
)
def test_a_silence_has_a_reason_and_an_end(
    ends: datetime | None, reason: str, until_resolved: bool, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        check_silence(NOON, ends, reason, until_resolved=until_resolved)


def test_one_alarm_may_be_muted_until_it_is_resolved() -> None:
    check_silence(NOON, None, "works at the shed", until_resolved=True)


@given(st.lists(st.integers(0, 1200), max_size=8))
def test_what_comes_back_three_times_in_ten_minutes_is_flapping(seconds: list[int]) -> None:
    raised = [NOON - timedelta(seconds=each) for each in seconds]
    recent = sum(each < SPAN.total_seconds() for each in seconds)
    assert is_flapping(raised, NOON) == (recent >= TIMES)


def test_closing_asks_what_it_was_and_whether_it_was_false() -> None:
    check_closing("hazard", False)
    with pytest.raises(Refused, match="cause_missing"):
        check_closing("", False)
    with pytest.raises(Refused, match="false_alarm_unanswered"):
        check_closing("device", None)


def test_a_rule_nobody_answered_has_no_precision() -> None:
    assert Precision(0, 0, 4).share is None
    assert replace(Precision(0, 0, 4), real=3, answered=4).share == 0.75
