"""What a campaign of supervision may be, and what its checks may say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.supervision import MOST, Finding, check_campaign, check_finding

DAY = date(2026, 11, 24)


@given(st.integers(1, MOST), st.integers(0, 400))
def test_a_campaign_of_a_size_that_can_be_looked_at_may_begin(most: int, days: int) -> None:
    check_campaign(DAY, DAY + timedelta(days), most)


@pytest.mark.parametrize(
    ("days", "most", "reason"),
    [(-1, 10, "campaign_ends_before"), (3, 0, "campaign_too_large"), (3, MOST + 1, "campaign_too_large")],
)
def test_another_is_refused(days: int, most: int, reason: str) -> None:
    with pytest.raises(Refused) as no:
        check_campaign(DAY, DAY + timedelta(days), most)

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
