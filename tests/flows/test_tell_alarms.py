"""Township, county, city hear in turn until somebody answers; for everybody it is kept whether and why."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail

from anlan.base.errors import NotFound, Refused
from anlan.flows.alarm_steps import Asked, acknowledge, close_alarm, end_silence, silence_alarms
from anlan.flows.deliver_alarms import deliver_alarms
from anlan.flows.raise_alarms import clear_alarm, raise_alarm, raise_from_firings
from anlan.flows.tell_alarms import tell_due
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, AlarmPolicy, AlarmTold, NoticeChoice, Shift, Silence, User
from anlan.store.readers.alarms import precision_of
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.alarms import a_rule, by_hand, found

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture
def alarm(cast: Cast) -> Alarm:
    return raised(cast)


def raised(
    cast: Cast, severity: Colour = Colour.RED, condition: str = "hand:1", at: datetime = NOON
) -> Alarm:
    return Alarm.objects.get(
        pk=raise_alarm(acting_user=None, cause=by_hand(cast, condition, severity), now=at)
    )


def seen_by(alarm: Alarm) -> list[tuple[int, str]]:
    rows = alarm.told.filter(way="page").order_by("level", "user__username")
    return list(rows.values_list("level", "user__username"))


def trace(alarm: Alarm) -> list[tuple[str, str, str]]:
    rows = alarm.told.order_by("pk").values_list("user__username", "way", "why_not")
    return [(name or "", way, why) for name, way, why in rows]


def test_level_after_level_hears_until_somebody_answers(alarm: Alarm, cast: Cast) -> None:
    heard = []
    for minute in (0, 1, 3, 9):
        tell_due(acting_user=None, now=NOON + minute * MINUTE)
        heard.append(seen_by(alarm))
    acknowledge(acting_user=cast.carol, alarm_id=alarm.pk, doing="消防站已出发", now=NOON + 9 * MINUTE)
    tell_due(acting_user=None, now=NOON + 60 * MINUTE)

    township, county = (1, "ivan"), (2, "carol")
    assert heard == [[township], [township], [township, county], [township, county]]
    alarm.refresh_from_db()
    assert (alarm.state, alarm.doing, alarm.next_step_at) == ("acknowledged", "消防站已出发", None)
    assert seen_by(alarm) == [township, county]


def test_where_a_level_has_nobody_the_next_one_hears_at_once_and_the_trace_says_why(cast: Cast) -> None:
    """A village whose township has no dispatcher must not wait hours until anybody hears."""
    cast.ivan.user.is_active = False
    cast.ivan.user.save()
    alarm = raised(cast, Colour.BLUE)

    tell_due(acting_user=None, now=NOON)

    assert seen_by(alarm) == [(2, "carol")]
    assert trace(alarm)[0] == ("", "", "nobody")
    alarm.refresh_from_db()
    assert (alarm.state, alarm.told_level, alarm.next_step_at) == ("escalated", 2, None)


def test_an_alarm_of_the_whole_city_is_told_to_the_city_at_once(cast: Cast) -> None:
    cause = by_hand(cast, "outage", area_path=cast.city.path, unit=None, unit_path="")
    alarm = Alarm.objects.get(pk=raise_alarm(acting_user=None, cause=cause, now=NOON))

    tell_due(acting_user=None, now=NOON)

    assert seen_by(alarm) == [(3, "liu")]


def test_with_nobody_at_all_the_steps_keep_their_times(cast: Cast) -> None:
    User.objects.update(is_active=False)
    alarm = raised(cast)

    tell_due(acting_user=None, now=NOON)

    alarm.refresh_from_db()
    assert (seen_by(alarm), alarm.told_level, alarm.next_step_at) == ([], 1, NOON + 3 * MINUTE)


def test_a_worker_that_was_away_tells_all_levels_at_once_and_once(alarm: Alarm) -> None:
    for _ in range(2):
        tell_due(acting_user=None, now=NOON + timedelta(days=1))
    assert seen_by(alarm) == [(1, "ivan"), (2, "carol"), (3, "liu")]
    alarm.refresh_from_db()
    assert (alarm.state, alarm.told_level, alarm.next_step_at) == ("escalated", 3, None)


def test_a_clock_that_is_set_back_tells_nobody_again(alarm: Alarm) -> None:
    tell_due(acting_user=None, now=NOON + 3 * MINUTE)
    before = AlarmTold.objects.count()
    Alarm.objects.update(next_step_at=NOON)
    tell_due(acting_user=None, now=NOON + MINUTE)
    assert AlarmTold.objects.count() == before


def test_who_is_on_duty_hears_and_the_stand_in_in_their_place(alarm: Alarm, cast: Cast) -> None:
    duty = {"area": cast.township_11, "area_path": cast.township_11.path, "unit": cast.office_11}
    Shift.objects.create(user=cast.ken.user, begins=NOON - MINUTE, ends=NOON + MINUTE, **duty)
    Shift.objects.create(
        user=cast.alice.user, stand_in=cast.erin.user, begins=NOON - MINUTE, ends=NOON + MINUTE, **duty
    )
    Shift.objects.create(user=cast.bob.user, begins=NOON + MINUTE, ends=NOON + 2 * MINUTE, **duty)
    tell_due(acting_user=None, now=NOON)
    assert seen_by(alarm) == [(1, "erin"), (1, "ken")]


def test_a_level_without_anybody_is_kept_as_such_and_the_next_hears(cast: Cast) -> None:
    alarm = Alarm.objects.get(
        pk=raise_alarm(
            acting_user=None,
            cause=by_hand(cast, "elsewhere", Colour.RED, area_path=cast.village_211.path),
            now=NOON,
        )
    )
    tell_due(acting_user=None, now=NOON)
    tell_due(acting_user=None, now=NOON + 3 * MINUTE)
    assert ("", "", "nobody") in trace(alarm)
    assert seen_by(alarm) == [(2, "dan")]


def test_the_trace_says_why_somebody_got_no_message(alarm: Alarm) -> None:
    tell_due(acting_user=None, now=NOON)
    assert trace(alarm) == [
        ("ivan", "page", ""),
        ("ivan", "email", "not_chosen"),
        ("ivan", "sms", "not_chosen"),
    ]


@pytest.mark.parametrize(("severity", "waits"), [(Colour.RED, False), (Colour.ORANGE, True)])
def test_quiet_hours_hold_back_everything_but_red(cast: Cast, severity: Colour, waits: bool) -> None:
    cast.ivan.user.email = "ivan@example.org"
    cast.ivan.user.save()
    NoticeChoice.objects.create(
        user=cast.ivan.user, by_email=["alarm"], quiet_from=time(0), quiet_to=time(23, 59)
    )
    alarm = raised(cast, severity)
    tell_due(acting_user=None, now=NOON)
    deliver_alarms(acting_user=None, now=NOON)
    assert [each.to for each in mail.outbox] == ([] if waits else [["ivan@example.org"]])
    sent = alarm.told.get(way="email")
    assert (sent.sent_at is None, sent.why_not) == (waits, "")


def test_a_message_nobody_takes_is_tried_again_and_ends_as_a_dead_letter(cast: Cast) -> None:
    NoticeChoice.objects.create(user=cast.ivan.user, by_sms=["alarm"])  # no phone
    alarm = raised(cast)
    tell_due(acting_user=None, now=NOON)
    for day in range(20):
        deliver_alarms(acting_user=None, now=NOON + timedelta(days=day))
    row = alarm.told.get(way="sms")
    assert (row.sent_at, row.last_error, row.tries) == (None, "no phone number", 8)
    assert row.dead_at is not None


def test_a_silenced_alarm_is_kept_and_told_when_the_silence_ends(cast: Cast) -> None:
    asked = Asked(cast.township_11.code, "道路施工", NOON - MINUTE, NOON + 30 * MINUTE)
    silence = silence_alarms(acting_user=cast.ivan, asked=asked, now=NOON - MINUTE)
    alarm = raised(cast)
    tell_due(acting_user=None, now=NOON)
    assert trace(alarm) == [("", "", "silenced")]
    assert alarm.told.get().silence == silence
    tell_due(acting_user=None, now=NOON + 29 * MINUTE)
    assert seen_by(alarm) == []
    tell_due(acting_user=None, now=NOON + 30 * MINUTE)
    assert seen_by(alarm) == [(1, "ivan"), (2, "carol"), (3, "liu")]


def test_a_silence_that_is_ended_early_lets_what_waits_be_told(cast: Cast) -> None:
    asked = Asked(cast.county_1.code, "演练", NOON - MINUTE, NOON + 300 * MINUTE)
    silence = silence_alarms(acting_user=cast.carol, asked=asked, now=NOON - MINUTE)
    alarm = raised(cast)
    tell_due(acting_user=None, now=NOON)
    end_silence(acting_user=cast.carol, silence_id=silence.pk, now=NOON + MINUTE)
    tell_due(acting_user=None, now=NOON + MINUTE)
    assert seen_by(alarm) == [(1, "ivan")]
    with pytest.raises(Refused, match="silence_over"):
        end_silence(acting_user=cast.carol, silence_id=silence.pk, now=NOON + 2 * MINUTE)


def test_an_alarm_that_is_muted_until_it_is_resolved_is_loud_again_afterwards(
    alarm: Alarm, cast: Cast
) -> None:
    asked = Asked(cast.village_111.code, "修理中", NOON, None, alarm_id=alarm.pk)
    silence = silence_alarms(acting_user=cast.carol, asked=asked, now=NOON)
    tell_due(acting_user=None, now=NOON + 60 * MINUTE)
    assert seen_by(alarm) == []
    clear_alarm(acting_user=None, condition="hand:1", now=NOON + 61 * MINUTE)
    closed(cast, alarm, NOON + 62 * MINUTE)
    silence.refresh_from_db()
    assert silence.ends == NOON + 62 * MINUTE
    again = raised(cast, at=NOON + 63 * MINUTE)
    tell_due(acting_user=None, now=NOON + 63 * MINUTE)
    assert seen_by(again) == [(1, "ivan")]


def test_what_comes_and_goes_is_mailed_twice_and_then_folded(cast: Cast) -> None:
    NoticeChoice.objects.create(user=cast.ivan.user, by_email=["alarm"])
    for minute in range(4):
        alarm = raised(cast, at=NOON + minute * MINUTE)
        tell_due(acting_user=None, now=NOON + minute * MINUTE)
        clear_alarm(acting_user=None, condition="hand:1", now=NOON + minute * MINUTE)
    folded = alarm.told.filter(way="email").order_by("pk").values_list("why_not", flat=True)
    assert list(folded) == ["", "", "flapping", "flapping"]


def test_a_citys_own_times_hold_from_their_day_on(cast: Cast) -> None:
    AlarmPolicy.objects.create(severity="red", minutes={"1": 0, "2": 60}, in_force_from=NOON)
    alarm = raised(cast)
    tell_due(acting_user=None, now=NOON + 59 * MINUTE)
    assert seen_by(alarm) == [(1, "ivan")]


def closed(cast: Cast, alarm: Alarm, at: datetime, *, false: bool = False) -> Alarm:
    return close_alarm(
        acting_user=cast.carol, alarm_id=alarm.pk, cause="hazard", false_alarm=false, note="", now=at
    )


def test_closing_asks_for_a_cause_and_an_answer_and_loses_nothing(alarm: Alarm, cast: Cast) -> None:
    with pytest.raises(Refused, match="alarm_step_not_allowed"):
        closed(cast, alarm, NOON)
    clear_alarm(acting_user=None, condition="hand:1", now=NOON)
    for cause, false, reason in (("", True, "cause_missing"), ("device", None, "false_alarm_unanswered")):
        with pytest.raises(Refused, match=reason):
            close_alarm(
                acting_user=cast.carol, alarm_id=alarm.pk, cause=cause, false_alarm=false, note="", now=NOON
            )
    done = closed(cast, alarm, NOON + MINUTE)
    assert (done.state, done.cause, done.false_alarm, done.closed_by) == (
        "closed",
        "hazard",
        False,
        cast.carol.user,
    )


def test_answers_make_the_precision_of_a_rule(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    version = a_rule(gauge)
    for minute, false in enumerate((False, True, False)):
        at = NOON + minute * MINUTE
        raise_from_firings([found(version, gauge, "red", at), found(version, gauge, "", at)], at)
        closed(cast, Alarm.objects.exclude(state="closed").get(), at, false=false)
    raise_from_firings([found(version, gauge, "red")], NOON)
    known = precision_of([version.rule_id, 0])
    assert (known[version.rule_id].real, known[version.rule_id].answered) == (2, 3)
    assert (known[version.rule_id].open_, known[0].share) == (1, None)


def test_nobody_handles_or_silences_elsewhere_or_without_the_role(alarm: Alarm, cast: Cast) -> None:
    for who in (cast.dan, cast.frank, cast.heidi, cast.grace, cast.bob, cast.nobody):
        with pytest.raises(NotFound):
            acknowledge(acting_user=who, alarm_id=alarm.pk, doing="x", now=NOON)
        with pytest.raises(NotFound):
            silence_alarms(
                acting_user=who,
                asked=Asked(cast.village_111.code, "x", NOON, NOON + MINUTE),
                now=NOON,
            )
    assert (
        acknowledge(acting_user=cast.alice, alarm_id=alarm.pk, doing="去看", now=NOON).state == "acknowledged"
    )
    assert not Silence.objects.exists()


def test_saying_nothing_is_no_answer(alarm: Alarm, cast: Cast) -> None:
    with pytest.raises(Refused, match="doing_missing"):
        acknowledge(acting_user=cast.carol, alarm_id=alarm.pk, doing="  ", now=NOON)
