"""How far an extension moves the ends of a stage and of the whole case."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.announced_days import calendar
from anlan.cases.extensions import Ends, check_answerer, extended
from anlan.cases.limits import Limit, TimeUnit
from tests.cases.plain_calendar import SHANGHAI

CN = calendar("cn")
DAYS = TimeUnit.WORKING_DAYS


def at(text: str) -> datetime:
    """A moment of 2026 in Shanghai: "02-13 16:30"."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("stage", "total", "more", "new_stage", "new_total"),
    [
        ("11-24 10:00", "11-25 10:00", Limit(1, DAYS), "11-25 10:00", "11-26 10:00"),
        # over the Spring Festival, whose make-up workday is one
        ("02-13 16:30", "02-14 16:30", Limit(2, DAYS), "02-24 16:30", "02-25 16:30"),
        # a closing is outside working time: a day more is the closing of the next
        ("11-24 17:30", "11-25 17:30", Limit(1, DAYS), "11-25 17:30", "11-26 17:30"),
        ("11-24 10:00", "11-25 10:00", Limit(5, TimeUnit.EMERGENCY_HOURS), "11-24 15:00", "11-25 15:00"),
        # the whole never ends before its stage
        ("11-24 10:00", "11-24 09:00", Limit(1, TimeUnit.DAYS), "11-25 10:00", "11-25 10:00"),
    ],
)
def test_worked_examples(stage: str, total: str, more: Limit, new_stage: str, new_total: str) -> None:
    found = extended(Ends(at(stage), at(total)), more, CN, at("01-01 00:00"))
    assert found == Ends(at(new_stage), at(new_total))


@pytest.mark.parametrize(("more", "now"), [(Limit(0, DAYS), "11-01 00:00"), (Limit(1, DAYS), "11-25 10:00")])
def test_an_end_that_is_past_or_does_not_move_is_refused(more: Limit, now: str) -> None:
    with pytest.raises(Refused, match="extension_too_short"):
        extended(Ends(at("11-24 10:00"), None), more, CN, at(now))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    st.sampled_from(TimeUnit),
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_more_time_never_ends_earlier(begun: datetime, unit: TimeUnit, less: int, more: int) -> None:
    ends = Ends(begun.replace(tzinfo=SHANGHAI), begun.replace(tzinfo=SHANGHAI) + timedelta(days=30))
    short, long = (extended(ends, Limit(n, unit), CN, ends.stage) for n in sorted((less, less + more)))
    assert ends.stage < short.stage <= long.stage
    assert ends.total is not None and short.total is not None and long.total is not None
    assert ends.total <= short.total <= long.total and short.stage <= short.total


def test_nobody_answers_what_they_asked() -> None:
    check_answerer(1, 2)
    with pytest.raises(Refused, match="own_extension"):
        check_answerer(1, 1)
