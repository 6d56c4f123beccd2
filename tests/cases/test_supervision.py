"""What a campaign of supervision may be, and what its checks may say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.supervision import MOST, Finding, check_campaign, check_chosen, check_finding, check_period

DAY = date(2026, 11, 24)


@given(st.integers(1, MOST), st.integers(0, 400))
def test_a_campaign_of_a_size_that_can_be_looked_at_may_begin(most: int, days: int) -> None:
    check_campaign(DAY, DAY + timedelta(days), most, DAY)


@pytest.mark.parametrize(
    ("days", "most", "ago", "reason"),
    [
        (-1, 10, 0, "campaign_ends_before"),
        (3, 10, 4, "campaign_over"),
        (3, 0, 0, "campaign_too_large"),
        (3, MOST + 1, 0, "campaign_too_large"),
    ],
)
def test_another_is_refused(days: int, most: int, ago: int, reason: str) -> None:
    with pytest.raises(Refused) as no:
        check_campaign(DAY, DAY + timedelta(days), most, DAY + timedelta(ago))

    assert no.value.reason == reason


@pytest.mark.parametrize("finding", Finding)
@pytest.mark.parametrize(
    ("words", "done", "reason"),
    [("  ", False, "words_missing"), ("gone", True, "checked_already"), ("", True, "checked_already")],
)
def test_a_check_is_made_once_and_says_what_was_seen(
    finding: Finding, words: str, done: bool, reason: str
) -> None:
    with pytest.raises(Refused) as no:
        check_finding(finding, words, done=done)

    assert no.value.reason == reason


@given(st.integers(0, 60), st.integers(-90, 90))
def test_a_check_is_made_within_the_days_of_its_campaign(length: int, day: int) -> None:
    reasons = []
    try:
        check_period(DAY, DAY + timedelta(length), DAY + timedelta(day))
    except Refused as refusal:
        reasons.append(refusal.reason)

    assert reasons == (["campaign_not_begun"] if day < 0 else ["campaign_over"] if day > length else [])


@pytest.mark.parametrize(
    ("chosen", "why", "reason"),
    [(["1", "2"], " ", "reason_missing"), (["1", "3", "4"], "near the school", "pick_not_eligible")],
)
def test_a_choice_says_why_and_names_what_it_may_not(chosen: list[str], why: str, reason: str) -> None:
    with pytest.raises(Refused) as no:
        check_chosen(chosen, ["1", "2"], why)

    assert no.value.reason == reason
    if reason == "pick_not_eligible":
        assert no.value.facts == {"picks": "3, 4"}


def test_a_choice_with_a_reason_may_be_made() -> None:
    check_chosen(["2"], ["1", "2"], "near the school")
