"""Which events of a case are news to somebody who follows it from outside, and what they say."""

from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum
from types import MappingProxyType

from anlan.cases.terms import Step
from anlan.staff.notices import next_time

READ_AT = time(8)
"""When those who follow a place, an area or a category get the news of a day, in the city's own time."""


class News(StrEnum):
    """What happened, in the words of the public."""

    APPEARED = "appeared"
    GIVEN = "given"  # a unit has it now
    RECTIFIED = "rectified"  # the unit says so; nobody checked yet
    NOT_FIXED = "not_fixed"  # somebody checked: it was not
    CLOSED = "closed"
    OPEN_AGAIN = "open_again"
    PARKED = "parked"
    ENDED = "ended"  # not taken up, or called off


NEWS_OF: Mapping[str, News] = MappingProxyType(
    {
        "reported": News.APPEARED,
        Step.DISPATCH: News.GIVEN,
        Step.RECTIFY: News.RECTIFIED,
        Step.FAIL: News.NOT_FIXED,
        Step.CLOSE: News.CLOSED,
        Step.REOPEN: News.OPEN_AGAIN,
        Step.NOT_FIXED: News.OPEN_AGAIN,
        Step.PARK: News.PARKED,
        Step.REJECT: News.ENDED,
        Step.CANCEL: News.ENDED,
    }
)
"""Event: what it is to the public. What is not here is no news."""

OF_MANY = frozenset({News.APPEARED, News.CLOSED, News.OPEN_AGAIN})
"""What those hear who follow a place, an area or a category; who follows one case hears all."""


def news_of(step: str) -> News | None:
    """What an event is to the public; None when it is no news."""
    return NEWS_OF.get(step)


def is_heard(news: News, *, of_one_case: bool) -> bool:
    """Does somebody hear of it who follows one case, or many?"""
    return of_one_case or news in OF_MANY


def send_at(local_now: datetime, *, of_one_case: bool) -> datetime:
    """When news leave: those of one case at once, those of many once a day, at the next READ_AT."""
    return local_now if of_one_case else next_time(READ_AT, local_now)
