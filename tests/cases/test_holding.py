"""Which reports wait for a person: no sign holds what looks urgent, and more signs never let go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.holding import (
    SAME_PLACE,
    SAME_WORDS,
    Counted,
    HeldFor,
    Quota,
    Signs,
    alike,
    held_for,
    hosts_in,
    place_of,
    text_of,
    too_quick,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
counts = st.builds(Counted, st.integers(0, 50), st.integers(0, 50))
some_signs = st.builds(Signs, st.booleans(), st.booleans(), st.booleans(), st.booleans(), counts, counts)
FLOODS = {HeldFor.SAME_WORDS, HeldFor.SAME_PLACE}


def test_an_ordinary_report_goes_to_the_desk_at_once() -> None:
    assert held_for(Signs()) == ()


@given(some_signs)
def test_urgent_words_wait_for_floods_alone(signs: Signs) -> None:
    assert set(held_for(replace(signs, is_urgent=True))) == set(held_for(signs)) & FLOODS


@given(some_signs)
def test_one_more_sign_never_lets_a_report_go(signs: Signs) -> None:
    more = replace(signs, pot_filled=True, has_link=True, over_quota=True)

    assert set(held_for(signs)) <= set(held_for(more))


@given(st.integers(0, 50), st.integers(0, 50))
def test_floods_begin_after_their_number(words: int, place: int) -> None:
    found = held_for(Signs(same_words=Counted(in_day=words), same_place=Counted(in_hour=place)))

    assert (HeldFor.SAME_WORDS in found, HeldFor.SAME_PLACE in found) == (
        words >= SAME_WORDS,
        place >= SAME_PLACE,
    )


@given(counts, st.integers(1, 50), st.integers(1, 50))
def test_a_quota_is_over_when_the_hour_or_the_day_is_full(counted: Counted, hour: int, day: int) -> None:
    assert Quota(hour, day).is_over(counted) == (counted.in_hour >= hour or counted.in_day >= day)


@given(st.integers(-10, 90_000), st.integers(1, 60))
def test_a_form_is_too_quick_or_too_old_outside_its_day(seconds: int, quickest: int) -> None:
    drawn = NOW - timedelta(seconds=seconds)

    assert too_quick(drawn, NOW, timedelta(seconds=quickest)) == (not quickest <= seconds <= 86_400)


def test_a_form_that_was_never_shown_is_too_quick_unless_nobody_asks() -> None:
    assert too_quick(None, NOW, timedelta(seconds=3))
    assert not too_quick(None, NOW, timedelta(0))


@pytest.mark.parametrize(
    ("words", "hosts"),
    [
        ("看 https://evil.example/x?y=1 的活动", ("evil.example",)),
        ("加我 www.shop-88.top/abc", ("shop-88.top",)),
        ("访问 WIN88.VIP 领奖", ("win88.vip",)),
        ("HTTP://A.cn 和 //b.cn/c", ("a.cn", "b.cn")),
        ("The rail is broken.The children pass here.", ()),
        ("离村口 3.5km，No.12 门前", ()),
        ("写信到 carol@example.com", ()),
        ("护栏断了。", ()),
    ],
)
def test_links_are_found_and_plain_words_are_not(words: str, hosts: tuple[str, ...]) -> None:
    assert hosts_in(words) == hosts


@given(st.text(), st.sampled_from([" ", "，", "!", "\n", "。"]))
def test_signs_between_letters_tell_no_texts_apart(words: str, sign: str) -> None:
    assert alike(sign.join(words)) == alike(words) or not words.isascii()


def test_full_width_and_capital_letters_are_the_same_text() -> None:
    assert alike("ＡＢＣ　１２３") == alike("abc 123")


def test_short_words_count_with_their_place() -> None:
    assert text_of("路灯坏了", "here") != text_of("路灯坏了", "there")
    assert text_of("桥头的路灯连续三盏不亮了", "here") == text_of("桥头的路灯连续三盏不亮了", "there")


def test_a_place_is_its_point_or_its_address_and_an_area_alone_is_none() -> None:
    assert place_of("99", "村口", 121.24041, 28.6) == place_of("98", "", 121.24019, 28.60001)
    assert place_of("99", "村口 小店", None, None) == place_of("99", "村口小店。", None, None)
    assert place_of("99", "", None, None) == ""
