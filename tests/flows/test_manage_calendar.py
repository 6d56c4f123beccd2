"""The city's calendar from the draft to being in force, and what is refused on the way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.calendar_tables import Source
from anlan.cases.calendars import SUMMER_AFTERNOONS, Day, DayKind, Season, Window
from anlan.cases.terms import State
from anlan.flows import country_calendar
from anlan.flows import manage_calendar as flows
from anlan.store.models import CalendarVersion, StaffEvent
from anlan.store.readers import calendars
from anlan.store.readers.calendars import calendar_in_force, calendar_known
from anlan.store.readers.limits import city_calendar, hold_calendar
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.made_calendars import (
    HOLIDAY,
    TODAY,
    announced,
    drafted,
    gone_through,
    on,
    tried,
    working_limits,
)
from tests.flows.walks import HOUR, walked_to

MAKE_UP = Day(DayKind.MAKE_UP, "补班")
SATURDAY = on(5)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def kind(day: date) -> str:
    return calendar_in_force().version_on(day).day(day).kind


def test_before_the_first_version_the_settings_hold(cast: Cast) -> None:
    assert calendar_in_force() is calendars.installed()


def test_days_are_in_force_from_their_day_on_and_the_version_says_who_and_why(cast: Cast) -> None:
    announced(cast, (on(2), on(3), HOLIDAY), (SATURDAY, SATURDAY, MAKE_UP), from_day=on(1))

    assert [kind(on(n)) for n in range(6)] == [
        "workday",
        "workday",
        "holiday",
        "holiday",
        "workday",
        "make_up",
    ]
    version = calendars.one_version(1)
    assert (version.put_in_force_by, version.why) == (cast.grace.user, "市里发文")
    said = [event.action for event in StaffEvent.objects.filter(subject="calendar:1").order_by("pk")]
    assert said == ["drafted", "changed", "changed", "put_in_force"]


def test_hours_seasons_and_the_week_are_the_citys_own(cast: Cast) -> None:
    version = drafted(cast)
    flows.set_hours(
        acting_user=cast.grace,
        revision=version.revision,
        windows=[Window(540, 720)],
        seasons=[SUMMER_AFTERNOONS],
        week=range(6),
        now=NOON,
    )
    flows.try_draft(acting_user=cast.grace, revision=1, from_day=on(1), now=NOON)
    flows.put_in_force(acting_user=cast.grace, revision=1, from_day=on(1), why="夏令时", now=NOON)

    found = calendar_in_force()
    assert found.version_on(TODAY).windows_of(TODAY) != found.version_on(on(1)).windows_of(on(1))
    assert found.version_on(SATURDAY).windows_of(SATURDAY) == (Window(540, 720),)
    july = date(2027, 7, 1)
    assert found.version_on(july).windows_of(july) == SUMMER_AFTERNOONS.windows


def test_a_draft_begins_with_what_the_city_said_last(cast: Cast) -> None:
    announced(cast, (on(9), on(9), HOLIDAY), from_day=on(8))
    again = drafted(cast)

    assert (again.number, list(again.content["days"])) == (2, [on(9).isoformat()])
    with pytest.raises(Refused, match="draft_exists"):
        flows.begin_draft(acting_user=cast.grace, now=NOON)


def test_of_two_who_edit_the_second_is_told(cast: Cast) -> None:
    drafted(cast, (on(2), on(2), HOLIDAY))

    with pytest.raises(Conflict):
        flows.take_back_days(acting_user=cast.grace, revision=0, first=on(2), last=on(2), now=NOON)


@pytest.mark.parametrize("who", ["mia", "carol", "frank"])
def test_the_calendar_is_the_citys_administrators_alone(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        flows.begin_draft(acting_user=getattr(cast, who), now=NOON)


def test_the_preview_names_the_days_and_the_cases_that_move(cast: Cast) -> None:
    working_limits(cast)
    case = walked_to(State.DISPATCHED, cast, NOON - 30 * HOUR)
    version = tried(cast, (on(2), on(3), HOLIDAY), from_day=on(1))

    assert version.preview is not None
    assert [line[:4] for line in version.preview["days"]] == [
        [on(n).isoformat(), "workday", "holiday", HOLIDAY.name] for n in (2, 3)
    ]
    ends = version.preview["ends"]
    assert (ends["of"], ends["looked_at"], ends["later"], ends["earlier"]) == (1, 1, 1, 0)
    assert case.due_at is not None
    assert ends["cases"] == [
        [case.pk, case.due_at.isoformat(), (case.due_at + timedelta(days=2)).isoformat()]
    ]
    case.refresh_from_db()
    assert case.due_at.isoformat() == ends["cases"][0][1]


def test_a_preview_has_a_fixed_number_of_queries(cast: Cast) -> None:
    working_limits(cast)
    counts = []
    for number in range(2):
        for hour in range(1 + 2 * number):
            walked_to(State.DISPATCHED, cast, NOON - (30 + hour) * HOUR)
        version = calendars.draft() or drafted(cast, (on(2), on(3), HOLIDAY))
        with CaptureQueriesContext(connection) as queries:
            flows.try_draft(acting_user=cast.grace, revision=version.revision, from_day=on(1), now=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def refusals(cast: Cast) -> dict[str, Callable[[], object]]:
    call = {"acting_user": cast.grace, "revision": 1, "now": NOON}
    force = {"why": "x", **call}
    return {
        "calendar_not_tried": lambda: flows.put_in_force(from_day=on(2), **force),
        "reason_missing": lambda: flows.put_in_force(from_day=on(1), **{**force, "why": " "}),
        "calendar_day_past": lambda: flows.try_draft(from_day=on(-1), **call),
        "own_day_before": lambda: flows.try_draft(from_day=on(4), **call),
        "day_named_twice": lambda: flows.name_days(first=on(1), last=on(4), day=HOLIDAY, **call),
        "make_up_is_worked": lambda: flows.name_days(first=on(4), last=on(4), day=MAKE_UP, **call),
        "year_unlikely": lambda: flows.announce_years(years=[1999], **call),
        "windows_overlap": lambda: flows.set_hours(
            windows=[Window(500, 600), Window(550, 700)], seasons=[], week=[0], **call
        ),
        "seasons_overlap": lambda: flows.set_hours(
            windows=[Window(500, 600)], seasons=[SUMMER_AFTERNOONS] * 2, week=[0], **call
        ),
        "season_without_hours": lambda: flows.set_hours(
            windows=[Window(500, 600)], seasons=[Season((6, 1), (6, 2), ())], week=[0], **call
        ),
        "nothing_worked": lambda: flows.set_hours(windows=[Window(500, 600)], seasons=[], week=[], **call),
    }


REASONS = (
    *("calendar_not_tried", "reason_missing", "calendar_day_past", "own_day_before", "day_named_twice"),
    *("make_up_is_worked", "year_unlikely", "windows_overlap", "seasons_overlap", "season_without_hours"),
    "nothing_worked",
)


@pytest.mark.parametrize("reason", REASONS)
def test_what_cannot_be_is_refused_and_nothing_is_written(cast: Cast, reason: str) -> None:
    before = drafted(cast, (on(2), on(3), HOLIDAY))
    flows.try_draft(acting_user=cast.grace, revision=1, from_day=on(1), now=NOON)

    with pytest.raises(Refused, match=reason):
        refusals(cast)[reason]()
    after = CalendarVersion.objects.get(pk=before.pk)
    assert (after.content, after.put_in_force_at) == (before.content, None)


def test_a_draft_that_changes_nothing_is_not_put_in_force(cast: Cast) -> None:
    with pytest.raises(Refused, match="calendar_same"):
        tried(cast, from_day=on(1))


def test_two_versions_that_would_contradict_are_refused(cast: Cast) -> None:
    announced(cast, (on(40), on(41), HOLIDAY), from_day=on(30))
    drafted(cast, (on(50), on(50), HOLIDAY))

    for day, reason in ((on(30), "versions_overlap"), (on(20), "calendar_follows")):
        with pytest.raises(Refused, match=reason):
            flows.try_draft(acting_user=cast.grace, revision=1, from_day=day, now=NOON)
    flows.try_draft(acting_user=cast.grace, revision=1, from_day=on(31), now=NOON)


def test_a_version_that_has_not_begun_is_withdrawn_once_and_kept(cast: Cast) -> None:
    announced(cast, (on(40), on(41), HOLIDAY), from_day=on(30))
    flows.withdraw_version(acting_user=cast.grace, number=1, why="发文取消", now=NOON + HOUR)

    assert kind(on(40)) == "rest"
    version = calendars.one_version(1)
    assert (version.withdrawn_by, version.withdrawn_why) == (cast.grace.user, "发文取消")
    with pytest.raises(Refused, match="calendar_withdrawn"):
        flows.withdraw_version(acting_user=cast.grace, number=1, why="again", now=NOON + HOUR)


def test_a_version_that_began_is_not_withdrawn(cast: Cast) -> None:
    announced(cast, (on(2), on(2), HOLIDAY), from_day=TODAY)

    with pytest.raises(Refused, match="calendar_begun"):
        flows.withdraw_version(acting_user=cast.grace, number=1, why="no", now=NOON)


def test_the_database_keeps_what_was_put_in_force(cast: Cast) -> None:
    announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1))
    mine = CalendarVersion.objects.filter(source=Source.CITY)

    for change in (
        lambda: mine.update(content={}),
        lambda: mine.update(why=""),
        lambda: mine.delete(),
        lambda: mine.update(withdrawn_at=NOON, in_force_from=on(9)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_was_known_at_a_moment_is_known_for_ever(cast: Cast) -> None:
    announced(cast, (on(40), on(41), HOLIDAY), from_day=on(30))
    flows.withdraw_version(acting_user=cast.grace, number=1, why="发文取消", now=NOON + 2 * HOUR)

    kinds = [calendar_known(NOON + n * HOUR).version_on(on(40)).day(on(40)).name for n in (-1, 1, 3)]
    assert kinds == ["", HOLIDAY.name, ""]


def test_years_that_the_city_announces_are_no_longer_assumed(cast: Cast) -> None:
    version = drafted(cast)
    flows.announce_years(acting_user=cast.grace, revision=version.revision, years=[2027], now=NOON)
    flows.try_draft(acting_user=cast.grace, revision=1, from_day=on(1), now=NOON)
    flows.put_in_force(acting_user=cast.grace, revision=1, from_day=on(1), why="国办通知", now=NOON)

    assert [calendar_in_force().is_assumed(year) for year in (2026, 2027, 2028)] == [False, False, True]


def test_the_clock_set_back_puts_nothing_before_what_was_put_in_force(cast: Cast) -> None:
    announced(cast, (on(40), on(41), HOLIDAY), from_day=TODAY)
    set_back = NOON - timedelta(days=7)
    drafted(cast, (on(50), on(50), HOLIDAY), now=set_back)

    with pytest.raises(Refused, match="calendar_follows"):
        flows.try_draft(acting_user=cast.grace, revision=1, from_day=on(-3), now=set_back)


def test_the_country_is_written_down_once_and_again_when_it_announces_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    working_limits(cast)
    case = walked_to(State.DISPATCHED, cast, NOON - 30 * HOUR)
    assert country_calendar.watch_country(acting_user=None, now=NOON) is None
    assert country_calendar.watch_country(acting_user=None, now=NOON) is None
    assert CalendarVersion.objects.filter(source=Source.COUNTRY).count() == 1

    from chinese_calendar import constants

    for n in (1, 2):
        monkeypatch.setitem(constants.holidays, on(n), "flood")
    monkeypatch.setitem(constants.holidays, on(-3), "a correction of the past")
    run = country_calendar.watch_country(acting_user=None, now=NOON)
    assert run is not None
    gone_through(NOON)

    before = case.due_at
    case.refresh_from_db()
    assert before is not None and case.due_at == before + timedelta(days=2)
    assert [kind(on(n)) for n in (-3, 1)] == ["workday", "holiday"]
    event = case.events.get(step="calendar_changed")
    assert (event.source, event.actor) == ("system", None)


def test_who_changes_the_calendar_waits_for_those_who_promise_by_it(db: None) -> None:
    """Two connections: a flow that has read the calendar, and a change of it."""
    with ThreadPoolExecutor(1) as flow:
        flow.submit(_promising).result()
        with pytest.raises(DatabaseError, match="lock timeout"), transaction.atomic():
            _changing()
        flow.submit(_promised).result()
        with transaction.atomic():
            _changing()


def _promising() -> None:
    connection.set_autocommit(False)
    city_calendar()


def _promised() -> None:
    connection.rollback()
    connection.close()


def _changing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
    hold_calendar()
