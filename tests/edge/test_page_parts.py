"""What the tags of the pages draw: states, deadlines, times, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from anlan.edge.pages import deadlines, times
from anlan.edge.pages.deadlines import DeadlineLook
from anlan.edge.pages.templatetags.anlan import listed

NOW = datetime(2026, 10, 14, 1, 30, tzinfo=UTC)  # 09:30 in Taizhou
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def in_taizhou() -> object:
    """Pages speak local time."""
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("span", "english", "chinese"),
    [
        (timedelta(seconds=20), "under 1 min", "不到 1 分"),
        (50 * MINUTE, "50 min", "50 分"),
        (4 * HOUR + 10 * MINUTE, "4 h 10 min", "4 小时 10 分"),
        (28 * HOUR + 5 * MINUTE, "1 day 4 h", "1 天 4 小时"),
        (48 * HOUR + 30 * MINUTE, "2 days", "2 天"),
        (timedelta(days=12, hours=7), "12 days", "12 天"),
    ],
)
def test_a_duration_names_its_two_largest_units(span: timedelta, english: str, chinese: str) -> None:
    with translation.override("zh-hans"):
        assert times.duration(span) == chinese
    assert times.duration(span) == english


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW - 35 * MINUTE, "today 08:55"),
        (NOW + 20 * HOUR, "10-15 05:30"),
        (NOW - timedelta(days=400), "2025-09-09 09:30"),
    ],
)
def test_a_moment_says_no_more_of_the_date_than_is_needed(at: datetime, words: str) -> None:
    assert times.moment(at, NOW) == words


def running(
    since: datetime, near_at: datetime | None, at: datetime, stage: str, now: datetime = NOW
) -> DeadlineLook:
    return deadlines.running(since=since, near_at=near_at, at=at, stage=stage, now=now)


def test_a_deadline_far_off_is_calm() -> None:
    look = running(since=NOW - HOUR, near_at=NOW + 2 * HOUR, at=NOW + 3 * HOUR, stage="handle")
    assert look == DeadlineLook("ok", "clock", "3 h left", 25, "rectify by today 12:30", 75.0)


def test_a_deadline_is_near_from_the_moment_that_its_category_says() -> None:
    near_at, at = NOW + HOUR, NOW + 2 * HOUR
    looks = [running(NOW, near_at, at, "verify", now=near_at + step) for step in (-MINUTE, timedelta(0))]
    assert [each.tone for each in looks] == ["ok", "amber"]


def test_a_deadline_gone_by_says_by_how_much() -> None:
    look = running(since=NOW - 2 * HOUR, near_at=NOW - HOUR, at=NOW - 35 * MINUTE, stage="accept")
    assert look == DeadlineLook("red", "alert", "35 min over", 100, "accept by today 08:55")


def test_a_stopped_clock_says_until_when_and_why() -> None:
    assert deadlines.stopped(review_at=NOW + HOUR, reason="low water", now=NOW) == DeadlineLook(
        "stop", "pause", "Clock stopped", 50, "review today 10:30 · low water"
    )


@given(st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_no_duration_is_silent(span: timedelta) -> None:
    assert times.duration(span)


@given(since=st.integers(-5000, 5000), near=st.none() | st.integers(-5000, 5000), at=st.integers(-5000, 5000))
def test_the_bar_never_leaves_its_frame(since: int, near: int | None, at: int) -> None:
    near_at = None if near is None else NOW + near * MINUTE
    look = running(NOW + since * MINUTE, near_at, NOW + at * MINUTE, "close")

    assert look.share is not None and 0 <= look.share <= 100 and 0 <= look.tick <= 100


def test_things_in_a_row_stand_apart_as_the_language_has_it() -> None:
    assert listed([2027, 2028]) == "2027, 2028"
    with translation.override("zh-hans"):
        assert listed([2027, 2028]) == "2027、2028"


class Asks(forms.Form):
    """Two fields that may be left as they are."""

    in_use = forms.BooleanField(label="In use", required=False)
    why = forms.CharField(label="Why", required=False)


@pytest.mark.parametrize(("name", "optional"), [("in_use", False), ("why", True)])
def test_a_box_to_tick_is_never_called_optional(name: str, optional: bool) -> None:
    drawn = render_to_string("parts/field.html", {"field": Asks()[name]})
    assert ("(optional)" in drawn) == optional


@pytest.mark.parametrize(("language", "said"), [("en", "Unit: fire"), ("zh-hans", "Unit：fire")])
def test_what_is_said_of_a_word_follows_it_as_the_language_has_it(language: str, said: str) -> None:
    with translation.override(language):
        template = Template("{% load anlan %}Unit{% colon %}fire")
        assert template.render(Context()) == said
