"""One open alarm for each condition: raised, changed, cleared, held, whoever sees it first."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from anlan.flows.alarm_steps import acknowledge
from anlan.flows.raise_alarms import clear_alarm, raise_alarm, raise_from_firings
from anlan.sensing.alarms.terms import AlarmSource
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, AlarmEvent, AlarmRuleVersion, Device
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_device, a_pond_gauge
from tests.flows.alarms import a_rule, by_hand, found

MINUTE = timedelta(minutes=1)


@pytest.fixture
def gauge(cast: Cast) -> Device:
    return a_pond_gauge(cast)


@pytest.fixture
def rule(gauge: Device) -> AlarmRuleVersion:
    return a_rule(gauge)


def steps(alarm: Alarm) -> list[str]:
    return list(alarm.events.order_by("pk").values_list("step", flat=True))


@pytest.mark.django_db
def test_what_a_rule_found_raises_worsens_eases_and_clears_one_alarm(
    gauge: Device, rule: AlarmRuleVersion, cast: Cast
) -> None:
    severities = ("yellow", "yellow", "orange", "yellow", "")
    for minute, severity in enumerate(severities):
        raise_from_firings([found(rule, gauge, severity, NOON + minute * MINUTE)], NOON + minute * MINUTE)

    alarm = Alarm.objects.get()
    assert steps(alarm) == ["raise", "worsen", "ease", "clear"]
    assert (alarm.state, alarm.severity, alarm.worst) == ("cleared", "yellow", "orange")
    assert (alarm.device, alarm.site, alarm.unit) == (gauge, cast.pond_111, cast.committee_111)
    assert (alarm.area_path, alarm.unit_path) == (gauge.area_path, gauge.unit_path)
    assert (alarm.raised_at, alarm.cleared_at, alarm.next_step_at) == (NOON, NOON + 4 * MINUTE, None)


@pytest.mark.django_db
def test_rules_that_only_show_or_advise_raise_nothing(gauge: Device, rule: AlarmRuleVersion) -> None:
    quiet = [found(rule, gauge, "red", shadow=True), found(rule, gauge, "red", advice=True)]
    assert raise_from_firings(quiet, NOON) == []
    assert not Alarm.objects.exists()


@pytest.mark.django_db
def test_what_comes_back_before_it_was_closed_is_the_same_alarm_and_asks_anew(
    gauge: Device, rule: AlarmRuleVersion
) -> None:
    for minute, severity in enumerate(("yellow", "", "yellow")):
        raise_from_firings([found(rule, gauge, severity)], NOON + minute * MINUTE)
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.returns, alarm.cleared_at) == ("raised", 1, None)
    assert (alarm.since, alarm.next_step_at) == (NOON + 2 * MINUTE, NOON + 2 * MINUTE)


@pytest.mark.django_db
def test_a_device_that_is_normal_clears_nothing(gauge: Device, rule: AlarmRuleVersion) -> None:
    assert raise_from_firings([found(rule, gauge, "")], NOON) == []
    assert clear_alarm(acting_user=None, condition="nothing", now=NOON) is None


@pytest.mark.django_db
def test_of_one_place_the_first_stands_for_the_others_until_they_are_worse(cast: Cast) -> None:
    smoke = by_hand(cast, "smoke", site=cast.pond_111.pk)
    first = raise_alarm(acting_user=None, cause=smoke, now=NOON)
    heat = by_hand(cast, "heat", Colour.YELLOW, site=cast.pond_111.pk)
    second = raise_alarm(acting_user=None, cause=heat, now=NOON)
    held = Alarm.objects.get(pk=second)
    assert (held.held_by_id, held.held_why, held.next_step_at) == (first, "grouped", None)

    worse = by_hand(cast, "heat", Colour.RED, site=cast.pond_111.pk)
    raise_alarm(acting_user=None, cause=worse, now=NOON + MINUTE)
    held.refresh_from_db()
    assert (held.held_by_id, held.next_step_at) == (None, NOON + MINUTE)
    assert steps(held) == ["raise", "worsen", "release"]


@pytest.mark.django_db
def test_another_danger_at_a_place_that_somebody_sees_to_is_told_by_itself(cast: Cast) -> None:
    """Who went to a pond because of its water has not heard of the gas."""
    water = raise_alarm(acting_user=None, cause=by_hand(cast, "water", site=cast.pond_111.pk), now=NOON)
    acknowledge(acting_user=cast.carol, alarm_id=water, doing="on the way", now=NOON)

    gas = raise_alarm(acting_user=None, cause=by_hand(cast, "gas", site=cast.pond_111.pk), now=NOON + MINUTE)

    told = Alarm.objects.get(pk=gas)
    assert (told.held_by, told.next_step_at) == (None, NOON + MINUTE)


@pytest.mark.parametrize("severity", [Colour.YELLOW, Colour.ORANGE])
@pytest.mark.django_db
def test_a_held_danger_that_comes_back_or_grows_after_the_answer_is_told_by_itself(
    cast: Cast, severity: Colour
) -> None:
    water = raise_alarm(acting_user=None, cause=by_hand(cast, "water", site=cast.pond_111.pk), now=NOON)
    gas = by_hand(cast, "gas", Colour.YELLOW, site=cast.pond_111.pk)
    held = raise_alarm(acting_user=None, cause=gas, now=NOON)
    acknowledge(acting_user=cast.carol, alarm_id=water, doing="on the way", now=NOON)
    if severity is Colour.YELLOW:
        clear_alarm(acting_user=None, condition="gas", now=NOON + MINUTE)

    again = by_hand(cast, "gas", severity, site=cast.pond_111.pk)
    raise_alarm(acting_user=None, cause=again, now=NOON + 2 * MINUTE)

    told = Alarm.objects.get(pk=held)
    assert (told.held_by, told.next_step_at) == (None, NOON + 2 * MINUTE)


@pytest.mark.django_db
def test_what_an_alarm_held_stands_alone_when_it_is_over(cast: Cast) -> None:
    first = raise_alarm(acting_user=None, cause=by_hand(cast, "a", site=cast.pond_111.pk), now=NOON)
    second = raise_alarm(acting_user=None, cause=by_hand(cast, "b", site=cast.pond_111.pk), now=NOON)
    assert clear_alarm(acting_user=None, condition="a", now=NOON + MINUTE) == first
    after = Alarm.objects.get(pk=second)
    assert (after.held_by, after.state, after.next_step_at) == (None, "raised", NOON + MINUTE)


@pytest.mark.django_db
def test_a_silent_area_stands_for_the_silent_devices_in_it_before_and_after(cast: Cast) -> None:
    silent = {"source": AlarmSource.RULE, "says_silent": True}
    before = raise_alarm(acting_user=None, cause=by_hand(cast, "missing:1", **silent), now=NOON)
    smoke = raise_alarm(acting_user=None, cause=by_hand(cast, "smoke"), now=NOON)
    outage = by_hand(
        cast,
        "outage:9",
        source=AlarmSource.OUTAGE,
        says_silent=True,
        area_path=cast.township_11.path,
        at=NOON + MINUTE,
    )
    wide = raise_alarm(acting_user=None, cause=outage, now=NOON + MINUTE)
    after = raise_alarm(acting_user=None, cause=by_hand(cast, "missing:2", **silent), now=NOON + 2 * MINUTE)

    holders = dict(Alarm.objects.values_list("pk", "held_by"))
    assert holders == {before: wide, smoke: None, wide: None, after: wide}


@pytest.mark.django_db
def test_what_happened_to_an_alarm_stays_as_it_is(cast: Cast) -> None:
    raise_alarm(acting_user=None, cause=by_hand(cast), now=NOON)
    for change in (lambda rows: rows.update(note="x"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(AlarmEvent.objects.all())


@pytest.fixture
def two_gauges(cast: Cast) -> Iterator[list[Device]]:
    yield [a_pond_gauge(cast), a_device("gauge-112", cast.village_112)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_see_the_same_at_once_make_one_alarm_each_in_any_order(
    two_gauges: list[Device],
) -> None:
    rule = a_rule(two_gauges[0])
    firings = [found(rule, each, "orange") for each in two_gauges]
    together = threading.Barrier(2)
    failures: list[Exception] = []

    def work(mine: list[object]) -> None:
        try:
            together.wait(10)
            with transaction.atomic():
                raise_from_firings(mine, NOON)  # type: ignore[arg-type]
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(each,)) for each in (firings, firings[::-1])]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)

    assert failures == []
    assert sorted(Alarm.objects.values_list("device__name", flat=True)) == ["gauge-111", "gauge-112"]
    assert AlarmEvent.objects.count() == 2
