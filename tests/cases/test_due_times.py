"""When something must end, sentence by sentence as the rule is written, and its invariants."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.base.clock import array_of, moment, zone
from anlan.base.errors import Refused
from anlan.cases.announced_days import calendar, zone_of
from anlan.cases.calendars import SUMMER_AFTERNOONS, Day, DayKind, Version, Window, WorkCalendar
from anlan.cases.due_times import Pause, due, due_many, elapsed, joined, worked_between
from anlan.cases.limits import WORKING, Limit, TimeUnit, read_limit
from tests.cases.plain_calendar import SHANGHAI, plain_due
from tests.examples import examples

CN = calendar("cn")
HOURS, DAYS = TimeUnit.WORKING_HOURS, TimeUnit.WORKING_DAYS


def at(text: str) -> datetime:
    """A moment of 2026 in Shanghai: "02-13 16:30"."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}").replace(tzinfo=SHANGHAI)


def pause(text: str) -> Pause:
    begins, _, ends = text.partition(" / ")
    return Pause(at(begins), at(ends))


BACKWARDS = pause("11-25 09:00 / 11-24 09:00")
WORKED_EXAMPLES = [
    # a start outside working time moves to the next opening, of the morning or of the afternoon
    ("11-21 10:00", "2 working days", "11-24 17:30"),  # Saturday
    ("11-24 12:30", "1 working day", "11-25 12:00"),
    ("11-24 12:30", "1 working hour", "11-24 15:00"),
    ("11-24 06:00", "1 working hour", "11-24 09:30"),
    ("11-24 18:00", "1 working hour", "11-25 09:30"),
    # an opening is inside, a closing is not
    ("11-24 08:30", "1 working hour", "11-24 09:30"),
    ("11-24 12:00", "1 working hour", "11-24 15:00"),
    ("11-24 17:30", "1 working day", "11-25 17:30"),
    # working hours: that much working time later; an end that is an opening is the closing before
    ("11-24 08:30", "7 working hours", "11-24 17:30"),
    ("11-24 11:00", "1 working hour", "11-24 12:00"),
    ("11-24 11:30", "1 working hour", "11-24 14:30"),
    ("11-27 16:30", "2 working hours", "11-30 09:30"),
    # working days: the same clock time; a make-up workday is one, a holiday is none
    ("02-13 16:30", "1 working day", "02-14 16:30"),
    ("02-13 16:30", "2 working days", "02-24 16:30"),
    ("02-27 09:00", "1 working day", "02-28 09:00"),
    ("09-30 09:00", "1 working day", "10-08 09:00"),
    ("11-24 08:30", "1 working day", "11-24 17:30"),
    ("11-24 14:00", "1 working day", "11-25 12:00"),
    # the other two units start at once and take all time
    ("02-14 20:00", "3 days", "02-17 20:00"),
    ("02-14 20:15", "5 emergency hours", "02-15 01:15"),
    ("11-21 10:00", "1 day", "11-22 10:00"),
    # nothing is a whole number too: it ends where it starts, written by the same rule
    ("11-24 10:00", "0 working days", "11-24 10:00"),
    ("11-21 10:00", "0 working hours", "11-20 17:30"),
    ("11-21 10:00", "0 days", "11-21 10:00"),
]


@pytest.mark.parametrize(("start", "limit", "end"), WORKED_EXAMPLES)
def test_worked_examples(start: str, limit: str, end: str) -> None:
    assert due(at(start), read_limit(limit), CN) == at(end)


PAUSED_EXAMPLES = [
    # moved by the pause's working time
    ("11-24 09:00", "2 working hours", ["11-24 10:00 / 11-24 11:00"], "11-24 12:00"),
    ("11-24 09:00", "1 working day", ["11-24 17:00 / 11-25 09:00"], "11-25 10:00"),
    # of which only what comes after the start counts
    ("11-24 09:00", "2 working hours", ["11-23 09:00 / 11-24 10:00"], "11-24 12:00"),
    ("11-24 09:00", "2 working hours", ["11-23 09:00 / 11-23 10:00"], "11-24 11:00"),
    # even where it runs past the end
    ("11-24 09:00", "2 working hours", ["11-24 10:00 / 11-24 16:00"], "11-24 17:00"),
    # one that begins at the end, or later, moves nothing
    ("11-24 09:00", "2 working hours", ["11-24 11:00 / 11-24 16:00"], "11-24 11:00"),
    # unless another moved the end past its beginning
    (
        *("11-24 09:00", "2 working hours"),
        *(["11-24 11:30 / 11-24 12:00", "11-24 10:00 / 11-24 11:00"], "11-24 14:30"),
    ),
    # those that overlap are joined and count once
    (
        *("11-24 09:00", "2 working hours"),
        *(["11-24 10:00 / 11-24 11:00", "11-24 10:30 / 11-24 11:30"], "11-24 14:30"),
    ),
    # an end is written by the same rule: here it would be an opening
    ("11-24 09:00", "2 working hours", ["11-24 10:00 / 11-24 11:00"], "11-24 12:00"),
    # without working time in it, a pause moves nothing in working units, and by its length in the others
    ("11-27 16:30", "2 working hours", ["11-28 09:00 / 11-29 09:00"], "11-30 09:30"),
    ("11-27 16:30", "2 days", ["11-28 09:00 / 11-29 09:00"], "11-30 16:30"),
    ("11-27 16:30", "2 emergency hours", ["11-27 17:00 / 11-27 19:00"], "11-27 20:30"),
    ("11-27 16:30", "2 emergency hours", ["11-27 10:00 / 11-27 17:00"], "11-27 19:00"),
]


@pytest.mark.parametrize(("start", "limit", "pauses", "end"), PAUSED_EXAMPLES)
def test_paused_examples(start: str, limit: str, pauses: list[str], end: str) -> None:
    assert due(at(start), read_limit(limit), CN, [pause(each) for each in pauses]) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-07T02:30-05:00", 1, "2026-03-08T03:30-04:00"),  # the hour that is skipped
        ("2026-10-31T01:30-04:00", 1, "2026-11-01T01:30-04:00"),  # the first of the hour that comes twice
        ("2026-11-01T01:30-05:00", 0, "2026-11-01T01:30-05:00"),
        ("2026-11-01T01:30-05:00", 1, "2026-11-02T01:30-05:00"),
        ("2026-03-07T12:00-05:00", 1, "2026-03-08T12:00-04:00"),
    ],
)
def test_days_keep_the_clock_on_the_wall_where_it_is_set(start: str, days: int, end: str) -> None:
    found = due(datetime.fromisoformat(start), Limit(days, TimeUnit.DAYS), calendar("us"))
    assert found.isoformat() == datetime.fromisoformat(end).isoformat()


def test_the_end_is_said_in_the_zone_of_the_calendar() -> None:
    found = due(datetime(2026, 2, 13, 8, 30, tzinfo=UTC), Limit(2, DAYS), CN)
    assert found.isoformat() == "2026-02-24T16:30:00+08:00"


def test_a_country_of_many_zones_has_that_of_most_who_live_there() -> None:
    most = {
        "au": "Australia/Sydney",
        "br": "America/Sao_Paulo",
        "ca": "America/Toronto",
        "ru": "Europe/Moscow",
    }
    first = {"de": "Europe/Berlin", "no": "Europe/Oslo", "us": "America/New_York", "ua": "Europe/Kyiv"}

    assert {code: zone_of(code) for code in most | first} == most | first


def test_an_end_outside_the_next_seasons_hours_is_the_closing_before() -> None:
    summer = calendar("cn-summer")
    assert [
        due(at("09-30 17:45"), Limit(1, DAYS), summer),  # winter closes at 17:30
        due(at("05-29 14:15"), Limit(1, DAYS), summer),  # summer opens at 14:30
        due(at("06-01 17:30"), Limit(1, HOURS), summer),
    ] == [at("10-08 17:30"), at("06-01 12:00"), at("06-02 09:00")]


def test_an_own_day_goes_before_the_countrys() -> None:
    own = {
        date(2026, 11, 25): Day(DayKind.HOLIDAY, "flood"),
        date(2026, 11, 28): Day(DayKind.MAKE_UP, "", (Window(540, 600),)),
    }
    city = WorkCalendar("Asia/Shanghai", (Version(own_days=own),))

    assert due(at("11-24 09:30"), Limit(1, DAYS), city) == at("11-26 09:30")
    assert due(at("11-27 09:30"), Limit(1, DAYS), city) == at("11-28 09:30")
    assert due(at("11-27 15:30"), Limit(1, DAYS), city) == at("11-28 10:00")


def test_a_version_changes_nothing_before_its_day() -> None:
    early = Version()
    late = Version(effective=date(2026, 11, 26), windows=(Window(540, 1020),))
    city = WorkCalendar("Asia/Shanghai", (late, early))

    assert due(at("11-24 16:30"), Limit(1, DAYS), city) == at("11-25 16:30")
    assert due(at("11-25 17:00"), Limit(1, HOURS), city) == at("11-26 09:30")


def test_years_that_nobody_announced_are_assumed() -> None:
    assert [CN.is_assumed(year) for year in (2003, 2004, 2026, 2100)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("reason", "ask"),
    [
        ("zone_missing", lambda: due(datetime(2026, 2, 13), Limit(1, DAYS), CN)),
        ("pause_backwards", lambda: due(at("11-24 09:00"), Limit(1, DAYS), CN, [BACKWARDS])),
        ("beyond_calendar", lambda: due(datetime(9999, 1, 1, tzinfo=UTC), Limit(1, DAYS), CN)),
        ("limit_not_whole", lambda: read_limit("1.5 days")),
        ("limit_not_whole", lambda: read_limit("1_000 days")),
        ("limit_unreadable", lambda: read_limit("3 weeks")),
        ("limit_out_of_range", lambda: read_limit("-1 days")),
        ("limit_out_of_range", lambda: read_limit(f"{10**30} days")),
        ("windows_overlap", lambda: Version(windows=(Window(510, 720), Window(700, 800)))),
        ("window_backwards", lambda: Version(windows=(Window(720, 510),))),
        ("seasons_overlap", lambda: Version(seasons=(SUMMER_AFTERNOONS, SUMMER_AFTERNOONS))),
        ("versions_overlap", lambda: WorkCalendar("Asia/Shanghai", (Version(), Version()))),
        ("nothing_worked", lambda: Version(week=frozenset())),
        ("zone_unknown", lambda: zone("Asia/Nowhere")),
        ("calendar_unknown", lambda: calendar("zz")),
    ],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_refused(reason: str, ask: object) -> None:
    with pytest.raises(Refused, match=reason):
        ask()  # type: ignore[operator]


moments = st.datetimes(datetime(2026, 1, 26), datetime(2026, 3, 10)).map(
    lambda found: found.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)
short_limits = st.builds(Limit, st.integers(0, 12), st.sampled_from(sorted(WORKING)))
limits = st.builds(Limit, st.integers(0, 60), st.sampled_from(list(TimeUnit)))
pauses = st.tuples(moments, moments).map(lambda pair: Pause(min(pair), max(pair)))


@settings(max_examples=examples(15))
@given(moments, short_limits, st.lists(pauses, max_size=3))
def test_it_is_what_counting_minutes_gives(start: datetime, limit: Limit, stood: list[Pause]) -> None:
    assert due(start, limit, CN, stood) == plain_due(start, limit, stood)


@settings(max_examples=examples(20))
@given(moments, limits, st.lists(pauses, max_size=2))
def test_add_then_elapsed_gives_back(start: datetime, limit: Limit, stood: list[Pause]) -> None:
    assert elapsed(start, due(start, limit, CN, stood), limit.unit, CN, stood) == limit.amount


@given(moments, moments, limits)
def test_a_later_start_never_ends_earlier(one: datetime, other: datetime, limit: Limit) -> None:
    assert due(min(one, other), limit, CN) <= due(max(one, other), limit, CN)


@given(moments, limits, st.lists(pauses, max_size=2))
def test_a_longer_limit_ends_later(start: datetime, limit: Limit, stood: list[Pause]) -> None:
    longer = Limit(limit.amount + 1, limit.unit)
    assert due(start, limit, CN, stood) < due(start, longer, CN, stood)


@given(moments, limits, pauses)
def test_a_pause_moves_the_end_by_its_working_part(start: datetime, limit: Limit, stood: Pause) -> None:
    without, with_it = due(start, limit, CN), due(start, limit, CN, [stood])
    since, until = max(stood.begins, start), max(stood.ends, start)
    if limit.unit in WORKING:
        part, moved = worked_between(since, until, CN), worked_between(without, with_it, CN)
    else:
        part, moved = until - since, with_it - without
    assert moved == (part if stood.begins < without else timedelta(0))


@given(st.lists(st.tuples(moments, st.integers(0, 40), st.lists(pauses, max_size=2)), min_size=1, max_size=6))
def test_many_at_once_are_what_each_is_alone(rows: list[tuple[datetime, int, list[Pause]]]) -> None:
    for unit in TimeUnit:
        starts, amounts, stood = zip(*rows, strict=True)
        many = due_many(array_of(starts), unit, np.array(amounts), CN, [joined(each) for each in stood])
        alone = [due(start, Limit(amount, unit), CN, each) for start, amount, each in rows]
        assert [moment(end, SHANGHAI) for end in many] == alone
