"""Readings that come in are judged in the transaction that stores them, and alarms follow."""

import json
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.base.errors import Conflict
from anlan.flows import raise_later
from anlan.flows.raise_later import raise_waiting
from anlan.flows.sensorthings import NewReading, store_reading
from anlan.flows.stream_places import offset_of
from anlan.flows.take_readings import Senders, batch_of, take_readings
from anlan.sensing.rules.keeping import content_of
from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, AlarmRule, AlarmRuleVersion, Device, Observation, RuleFiring, RuleState
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge, a_series
from tests.examples import examples
from tests.flows.alarms import a_rule

MINUTE = timedelta(minutes=1)
LEVELS = (Level(Colour.YELLOW, 3.0, 2.5), Level(Colour.RED, 4.0, 3.5))

type Reading = tuple[int, float]
"""Minute after noon, value."""


def version_of(rule: AlarmRule, number: int, since: datetime, **facts: object) -> AlarmRuleVersion:
    given_ = {"levels": LEVELS, **facts}
    content = content_of(Rule(rule.code, number, "water-level", "level", RuleKind(rule.kind), **given_))  # type: ignore[arg-type]
    return AlarmRuleVersion.objects.create(rule=rule, version=number, content=content, in_force_from=since)


def come(readings: Sequence[Reading], device: str = "gauge-111", now: datetime = NOON + 90 * MINUTE) -> int:
    """Messages of a device reach the ingest; how many readings were new."""
    after = offset_of("TEST")
    said = [
        json.dumps({"t": (NOON + minute * MINUTE).isoformat(), "v": value}).encode()
        for minute, value in readings
    ]
    subjects = [f"d.{device}.level".encode()] * len(said)
    batch = batch_of("TEST", after, after + len(said), subjects, said, now)
    return take_readings(acting_user=None, batch=batch, senders=Senders(), now=now).new


def firings() -> list[tuple[int, str, bool]]:
    """(minute, severity, late) of what was found, in the order in which it was written."""
    rows = RuleFiring.objects.order_by("pk")
    return [((row.at - NOON) // MINUTE, row.severity, bool(row.values["late"])) for row in rows]


def steps() -> list[str]:
    return list(Alarm.objects.get().events.order_by("pk").values_list("step", flat=True))


@pytest.fixture
def gauge(cast: Cast) -> Device:
    return a_pond_gauge(cast)


@pytest.fixture
def rule(gauge: Device) -> AlarmRule:
    return a_rule(gauge, levels=LEVELS).rule


@pytest.mark.django_db
def test_a_rising_level_raises_one_alarm_that_says_why_and_ends_when_it_is_normal(rule: AlarmRule) -> None:
    come([(0, 2.0), (1, 3.1)])
    come([(2, 3.2), (3, 4.5), (4, 3.6)])
    come([(5, 3.0)])
    come([(6, 2.6), (7, 2.4)])
    assert firings() == [(1, "yellow", False), (3, "red", False), (5, "yellow", False), (7, "", False)]
    alarm = Alarm.objects.get()
    assert steps() == ["raise", "worsen", "ease", "clear"]
    assert (alarm.state, alarm.worst, alarm.rule, alarm.raised_at) == ("cleared", "red", rule, NOON + MINUTE)
    raised = alarm.events.order_by("pk")[0].values
    assert (raised["value"], raised["threshold"], raised["rule"], raised["version"]) == (
        3.1,
        3.0,
        rule.code,
        1,
    )


@pytest.mark.django_db
def test_a_lane_that_is_normal_and_waits_for_nothing_has_no_row(rule: AlarmRule) -> None:
    come([(0, 2.0), (1, 2.4)])
    assert not RuleState.objects.exists()
    come([(2, 3.0)])
    assert RuleState.objects.get().level == 2


@pytest.mark.django_db
def test_what_cannot_be_stored_is_not_judged_either(rule: AlarmRule) -> None:
    batch = batch_of("TEST", 7, 8, [b"d.gauge-111.level"], [b'{"t": "2026-11-23T12:00:00Z", "v": 9}'], NOON)
    come([(0, 2.0)])
    with pytest.raises(Conflict):
        take_readings(acting_user=None, batch=batch, senders=Senders(), now=NOON)
    assert (firings(), RuleState.objects.count(), Observation.objects.count()) == ([], 0, 1)


@pytest.mark.django_db
def test_a_late_reading_raises_what_was_missed_and_is_said_to_be_late(rule: AlarmRule) -> None:
    come([(0, 2.0), (10, 2.0)])
    come([(5, 4.4)])
    assert firings() == [(5, "red", True), (10, "", True)]
    alarm = Alarm.objects.get()
    assert (steps(), alarm.state, alarm.raised_at) == (["raise", "clear"], "cleared", NOON + 5 * MINUTE)
    assert come([(5, 4.4), (10, 9.9)]) == 0  # sent again: the first value counts
    assert len(firings()) == 2


@pytest.mark.django_db
def test_a_reading_more_than_a_day_late_is_stored_and_changes_no_alarm(rule: AlarmRule) -> None:
    come([(0, 2.0)])
    assert come([(-24 * 60 - 1, 9.0)]) == 1
    assert firings() == []
    come([(1, 2.0), (-24 * 60 - 2, 9.0), (2, 3.3)])
    assert firings() == [(2, "yellow", False)]


@pytest.mark.django_db
def test_readings_of_every_way_in_are_judged_in_one_lane(gauge: Device, rule: AlarmRule) -> None:
    come([(0, 2.0)])
    series = a_series(gauge)
    store_reading(acting_user=None, reading=NewReading(series.pk, NOON + MINUTE, 3.3), now=NOON + 90 * MINUTE)
    come([(2, 3.4), (3, 2.0)])
    assert [each[:2] for each in firings()] == [(1, "yellow"), (3, "")]


@pytest.mark.django_db
def test_a_rule_in_its_shadow_counts_and_raises_nothing_until_it_goes_live(gauge: Device) -> None:
    rule = a_rule(gauge, levels=LEVELS, mode=RuleMode.SHADOW).rule
    come([(0, 3.3), (1, 3.4)])
    assert (firings(), Alarm.objects.count()) == ([(0, "yellow", False)], 0)
    version_of(rule, 2, NOON + 2 * MINUTE)
    come([(2, 3.4)])
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.values["version"]) == ("yellow", 2)


@pytest.mark.django_db
def test_a_site_is_abnormal_when_enough_of_its_sensors_agree(cast: Cast) -> None:
    parameters = {"sensors": 2, "window_seconds": 600}
    first, _second = a_pond_gauge(cast, "gauge-a"), a_pond_gauge(cast, "gauge-b")
    a_rule(first, kind=RuleKind.AGREEMENT, levels=LEVELS[:1], parameters=parameters)
    come([(0, 3.5), (1, 3.5)], "gauge-a")
    assert firings() == []
    come([(2, 3.5)], "gauge-b")
    alarm = Alarm.objects.get()
    assert (alarm.site, alarm.device, alarm.values["measured"]) == (cast.pond_111, None, 2)
    come([(3, 2.0)], "gauge-a")
    assert Alarm.objects.get().state == "cleared"


@pytest.mark.django_db
def test_in_a_storm_a_batch_raises_some_alarms_and_a_job_the_rest_unless_they_are_over(
    rule: AlarmRule, gauge: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raise_later, "AT_ONCE", 0)
    come([(0, 3.2)])
    come([(1, 4.2)])
    waited = list(RuleFiring.objects.order_by("pk").values_list("pk", flat=True))
    assert not Alarm.objects.exists()
    monkeypatch.setattr(raise_later, "AT_ONCE", 50)
    come([(2, 2.0)])
    for _again in range(2):
        raise_waiting(acting_user=None, firings=waited, now=NOON)
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.severity, alarm.returns) == ("cleared", "red", 0)


CUT = st.lists(st.integers(1, 4), min_size=8, max_size=8)
VALUES = st.lists(st.sampled_from([2.0, 2.7, 3.2, 4.5]), min_size=8, max_size=8)


@pytest.mark.django_db
@settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(VALUES, CUT)
def test_stored_batch_by_batch_or_in_one_the_same_is_found(
    gauge: Device, values: list[float], cut: list[int]
) -> None:
    readings = list(enumerate(values))
    with transaction.atomic():
        a_rule(gauge, levels=LEVELS, hold_seconds=60)
        come(readings)
        whole = firings()
        transaction.set_rollback(True)
    with transaction.atomic():
        a_rule(gauge, levels=LEVELS, hold_seconds=60)
        rest = readings
        for size in cut:
            if rest:
                come(rest[:size])
            rest = rest[size:]
        assert firings() == whole
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_that_store_the_same_at_the_same_moment_raise_one_alarm(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    a_rule(gauge, levels=LEVELS)
    come([(0, 2.0)])
    series, start = a_series(gauge), threading.Barrier(2)

    def store(minute: int) -> None:
        start.wait()
        reading = NewReading(series.pk, NOON + minute * MINUTE, 3.3)
        store_reading(acting_user=None, reading=reading, now=NOON + 90 * MINUTE)
        connection.close()

    workers = [threading.Thread(target=store, args=(minute,)) for minute in (1, 2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert Alarm.objects.count() == 1
    assert {severity for _minute, severity, _late in firings()} == {"yellow"}


@pytest.mark.django_db
def test_a_late_reading_is_judged_from_as_many_stored_readings_as_it_needs(gauge: Device) -> None:
    five_minutes = (Level(Colour.YELLOW, 300, 300),)
    parameters = {"tolerance": 0.0}
    a_rule(gauge, levels=five_minutes, kind=RuleKind.STUCK, parameters=parameters, hold_seconds=240)
    come([(0, 1.0), (10, 1.0), (30, 9.0)])
    assert firings() == []
    come([(20, 1.0)])
    assert firings() == [(20, "yellow", True), (30, "", True)]
