"""The invariants of deadlines in many calendars: other weeks, clocks that are set, seasons, versions."""

from datetime import datetime, timedelta

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anlan.base.clock import array_of, moment, zone
from anlan.cases.calendars import WorkCalendar
from anlan.cases.due_times import due, elapsed, part_way, worked_between
from anlan.cases.limits import WORKING, Limit, TimeUnit
from anlan.cases.many_due_times import due_many, later_many, moved_many, part_way_many, worked_many
from anlan.cases.pauses import joined
from tests.cases.made_calendars import NIGHTS, calendars, limits, minutes, moment_in, pairs, pauses_in
from tests.examples import examples

SKIPPED, TWICE = 96_000, 439_500
"""Minutes near the hours of New York that do not come, and that come twice."""


@settings(max_examples=examples(30))
@given(calendars, minutes, limits, pairs)
@example(NIGHTS, SKIPPED, Limit(1, TimeUnit.WORKING_DAYS), [])
@example(NIGHTS, TWICE, Limit(1, TimeUnit.WORKING_HOURS), [(TWICE, TWICE + 90)])
def test_add_then_elapsed_gives_back(
    found: WorkCalendar, minute: int, limit: Limit, stood: list[tuple[int, int]]
) -> None:
    start, pauses = moment_in(found, minute), pauses_in(found, stood)
    ends = due(start, limit, found, pauses)
    assert elapsed(start, ends, limit.unit, found, pauses) == limit.amount


@given(calendars, minutes, minutes, limits)
def test_a_later_start_never_ends_earlier(found: WorkCalendar, one: int, other: int, limit: Limit) -> None:
    early, late = moment_in(found, min(one, other)), moment_in(found, max(one, other))
    assert due(early, limit, found) <= due(late, limit, found)


@given(calendars, minutes, limits, pairs)
def test_a_longer_limit_ends_later(
    found: WorkCalendar, minute: int, limit: Limit, stood: list[tuple[int, int]]
) -> None:
    start, pauses = moment_in(found, minute), pauses_in(found, stood)
    longer = Limit(limit.amount + 1, limit.unit)
    assert due(start, limit, found, pauses) < due(start, longer, found, pauses)


@given(calendars, minutes, limits, st.tuples(minutes, minutes))
def test_a_pause_moves_the_end_by_its_working_part(
    found: WorkCalendar, minute: int, limit: Limit, stood: tuple[int, int]
) -> None:
    start, [pause] = moment_in(found, minute), pauses_in(found, [stood])
    without, with_it = due(start, limit, found), due(start, limit, found, [pause])
    since, until = (max(each, start, key=datetime.timestamp) for each in pause)
    if limit.unit in WORKING:
        part, moved = worked_between(since, until, found), worked_between(without, with_it, found)
    else:
        part, moved = (
            timedelta(seconds=ends.timestamp() - begins.timestamp())
            for begins, ends in ((since, until), (without, with_it))
        )
    assert moved == (part if pause.begins.timestamp() < without.timestamp() else timedelta(0))


@given(calendars, minutes, limits)
def test_an_end_in_working_time_is_a_worked_moment_or_a_closing(
    found: WorkCalendar, minute: int, limit: Limit
) -> None:
    if limit.unit in WORKING:
        ends = due(moment_in(found, minute), limit, found)
        just_before = ends - timedelta(minutes=1)
        assert worked_between(just_before, ends, found) > timedelta(0)


@settings(max_examples=examples(20))
@given(calendars, st.lists(st.tuples(minutes, st.integers(0, 40), pairs), min_size=1, max_size=4))
def test_arrays_give_what_each_is_alone(
    found: WorkCalendar, rows: list[tuple[int, int, list[tuple[int, int]]]]
) -> None:
    at, amounts, stood = zip(*rows, strict=True)
    starts = [moment_in(found, minute) for minute in at]
    pauses = [joined(pauses_in(found, each)) for each in stood]
    began = array_of(starts)
    for unit in TimeUnit:
        plain = due_many(began, unit, np.array(amounts), found)
        alone = [
            due(start, Limit(amount, unit), found, each)
            for start, amount, each in zip(starts, amounts, pauses, strict=True)
        ]
        near = part_way_many(began, plain, np.full(len(rows), 0.5), unit, found)
        halves = [
            part_way(start, moment(end, zone(found.zone)), 0.5, unit, found)
            for start, end in zip(starts, plain, strict=True)
        ]
        assert list(moved_many(plain, began, unit, found, pauses)) == list(array_of(alone))
        assert abs(near - array_of(halves)).max() <= 1  # half a microsecond has two sides


@given(calendars, st.lists(st.tuples(minutes, minutes), min_size=1, max_size=5))
def test_working_time_that_passes_is_the_working_time_between(
    found: WorkCalendar, rows: list[tuple[int, int]]
) -> None:
    began = array_of(moment_in(found, min(row)) for row in rows)
    ends = array_of(moment_in(found, max(row)) for row in rows)
    worked = worked_many(began, ends, found)
    assert list(worked_many(began, later_many(began, worked, found), found)) == list(worked)
