"""Ends reckoned anew in a changed calendar are what they would be had it been known from the beginning."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.base.clock import array_of, micros, moment, zone
from anlan.cases import extensions
from anlan.cases.calendars import Day, DayKind, WorkCalendar
from anlan.cases.due_times import due, moved, part_way, worked_between
from anlan.cases.extensions import Ends
from anlan.cases.limits import WORKING, Limit, TimeUnit
from anlan.cases.many_new_ends import NONE, UNITS, ManyClocks, replayed_many
from anlan.cases.new_ends import Granted, many_ends, many_wholes, never_made_late
from anlan.cases.pauses import Pause, joined
from tests.cases.made_calendars import CALENDARS, calendars, limits, minutes, moment_in, pairs, pauses_in
from tests.cases.plain_new_ends import Clock, replayed
from tests.examples import examples

HOLIDAYS = {date(2026, 7, 6) + timedelta(days=n): Day(DayKind.HOLIDAY, "storm") for n in range(9)}
CN = CALENDARS[0]
STORM = WorkCalendar(
    CN.zone, (*CN.versions, replace(CN.versions[0], effective=date(2026, 7, 1), own_days=HOLIDAYS))
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


def clock(limit: Limit, began: datetime, share: float = 0.5) -> Clock:
    return Clock(began, limit.unit, limit.amount, share, due(began, limit, CN))


@settings(max_examples=examples(20))
@given(calendars, st.lists(st.tuples(minutes, st.integers(1, 40), pairs), min_size=1, max_size=4))
def test_many_at_once_are_what_each_is_alone(
    found: WorkCalendar, rows: list[tuple[int, int, list[tuple[int, int]]]]
) -> None:
    began = [moment_in(found, minute) for minute, _, _ in rows]
    amounts, shares = np.array([amount for _, amount, _ in rows]), np.full(len(rows), 0.5)
    stood = [joined(pauses_in(found, each)) for _, _, each in rows]
    for unit in TimeUnit:
        many = many_ends(unit, array_of(began), amounts, shares, stood, found)
        for place, start in enumerate(began):
            limit = Limit(int(amounts[place]), unit)
            one = Clock(start, unit, limit.amount, 0.5, due(start, limit, found))
            alone, _ = replayed(one, None, stood[place], found)
            assert alone is not None
            assert micros(alone.due) == many.due[place]
            assert abs(micros(alone.near) - many.near[place]) <= 1


@given(calendars, st.lists(st.tuples(minutes, minutes), min_size=1, max_size=5))
def test_a_whole_without_a_limit_keeps_the_working_time_it_was_promised(
    before: WorkCalendar, rows: list[tuple[int, int]]
) -> None:
    began = [moment_in(before, min(row)) for row in rows]
    promised = [moment_in(before, max(row)) for row in rows]
    worked = [worked_between(*pair, before) for pair in zip(began, promised, strict=True)]
    spans = np.array([span // timedelta(microseconds=1) for span in worked])
    many = many_wholes(array_of(began), spans, np.full(len(rows), 0.5), (), STORM)

    assert [
        worked_between(start, moment(end, zone(STORM.zone)), STORM)
        for start, end in zip(began, many.due, strict=True)
    ] == worked


def test_a_holiday_moves_the_end_past_it_and_the_near_point_with_it() -> None:
    stage = clock(Limit(3, TimeUnit.WORKING_DAYS), at("07-03T10:00"))
    ends, _ = replayed(stage, None, [], STORM)

    assert stage.promised == at("07-08T10:00")
    assert ends == (at("07-17T10:00"), at("07-15T15:30"))  # half of 21 h: 5.5 h on the 3rd, then 5 h


@given(minutes, limits, limits, pairs, st.integers(1, 500))
def test_it_is_what_the_steps_gave_that_came_one_after_another(
    minute: int, limit: Limit, more: Limit, stood: list[tuple[int, int]], waited: int
) -> None:
    """A stage that paused, was extended and paused again, in one calendar all along."""
    began = moment_in(CN, minute)
    pauses = [each for each in joined(pauses_in(CN, stood)) if each.begins >= began]
    stage = clock(limit, began)
    whole = replace(
        stage,
        unit=TimeUnit.WORKING_HOURS,
        amount=50,
        promised=due(began, Limit(50, TimeUnit.WORKING_HOURS), CN),
    )
    ends = Ends(due(began, limit, CN), due(began, Limit(50, TimeUnit.WORKING_HOURS), CN))
    for pause in pauses[:1]:
        ends = Ends(
            moved(ends.stage, began, pause, limit.unit, CN), moved(ends.total, began, pause, whole.unit, CN)
        )  # type: ignore[arg-type]
    answered = (pauses[0].ends if pauses else began) + timedelta(microseconds=waited)
    more = Limit(more.amount + 1, more.unit)
    later = extensions.extended(ends, more, CN, at("01-01T00:00") - timedelta(days=9))
    assert later.total is not None
    rest = [each for each in pauses[1:] if each.begins >= answered]
    for pause in rest:
        later = Ends(
            moved(later.stage, began, pause, limit.unit, CN), moved(later.total, began, pause, whole.unit, CN)
        )  # type: ignore[arg-type]

    again = replayed(stage, whole, [*rest, Granted(answered, more, None), *pauses[:1]], CN)
    assert [each and each.due for each in again] == [later.stage, later.total]


def test_an_extension_of_a_stage_that_ended_moves_the_whole_only() -> None:
    stage = clock(Limit(2, TimeUnit.WORKING_DAYS), at("07-02T10:00"))
    whole = Clock(at("06-25T10:00"), TimeUnit.WORKING_HOURS, 28, 0.5, at("07-01T10:00"))
    ended = Granted(
        at("06-29T09:00"), Limit(1, TimeUnit.WORKING_DAYS), (at("06-29T10:00"), at("06-30T10:00"))
    )
    ends, total = replayed(stage, whole, [ended], CN)

    assert ends is not None and ends.due == at("07-06T10:00")
    assert total is not None and total.due == at("07-02T10:00")


def test_nothing_is_made_late() -> None:
    now = 100
    old, new = np.array([90, 150, 150, 90]), np.array([80, 99, 101, 200])
    assert list(never_made_late(old, new, now)) == [80, 150, 101, 200]


@given(minutes, st.builds(Limit, st.integers(1, 30), st.sampled_from(sorted(WORKING))))
def test_a_change_moves_nothing_that_ends_before_its_day(minute: int, limit: Limit) -> None:
    began = moment_in(CN, minute)
    before, after = due(began, limit, CN), due(began, limit, STORM)
    closing = datetime(2026, 6, 30, 9, 30, tzinfo=UTC)  # the last before the day of effect
    assert before == after or before >= closing
    assert part_way(began, before, 0.5, limit.unit, CN) <= before


def in_arrays(clocks: list[Clock | None]) -> ManyClocks:
    """Clocks as the many at once are given them."""
    filled = [each or clock(Limit(1, TimeUnit.DAYS), at("07-01T10:00")) for each in clocks]
    return ManyClocks(
        runs=np.array([each is not None for each in clocks]),
        began=array_of([each.began for each in filled]),
        unit=np.array([UNITS.index(each.unit) for each in filled]),
        amount=np.array([NONE if each.amount is None else each.amount for each in filled]),
        share=np.array([each.share for each in filled]),
        promised=array_of([each.promised for each in filled]),
        worked=np.array([each.worked for each in filled]),
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[Clock | None, Clock | None, list[Pause | Granted]]:
    """A stage and its whole, either of which may have ended, and what happened to them."""
    began = moment_in(CN, draw(minutes))
    stage = clock(draw(limits), began, draw(st.sampled_from([0.5, 0.67, 1.0])))
    own = st.builds(clock, limits, st.just(began))
    without = st.builds(
        Clock,
        st.just(began),
        st.sampled_from(list(TimeUnit)),
        st.none(),
        st.just(0.5),
        st.just(stage.promised + timedelta(days=3)),
        st.integers(0, 10**12),
    )
    changes: list[Pause | Granted] = list(joined(pauses_in(CN, draw(pairs))))
    spans = st.none() | st.tuples(minutes, minutes)
    for minute, more, span in draw(st.lists(st.tuples(minutes, limits, spans), max_size=3)):
        ends = (moment_in(CN, min(span)), moment_in(CN, max(span))) if span else None
        changes.append(Granted(moment_in(CN, minute), more, ends))
    goes_on, is_open = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    whole = draw(own | without)
    return stage if goes_on else None, whole if is_open else None, changes


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(lives(), min_size=1, max_size=4))
def test_many_that_were_extended_are_what_each_is_alone(
    found: list[tuple[Clock | None, Clock | None, list[Pause | Granted]]],
) -> None:
    stages, wholes = [stage for stage, _, _ in found], [whole for _, whole, _ in found]
    many = replayed_many(in_arrays(stages), in_arrays(wholes), [each for _, _, each in found], STORM)

    for place, (stage, whole, happened) in enumerate(found):
        for alone, ends in zip(replayed(stage, whole, happened, STORM), many, strict=True):
            if alone is not None:
                assert micros(alone.due) == ends.due[place]
                assert abs(micros(alone.near) - ends.near[place]) <= 2
