"""A changed copy of a rule runs beside it, is compared with it, and takes its place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.errors import NotFound, Refused
from anlan.flows.manage_rules import add_rule, change_rule
from anlan.flows.shadow_rules import run_beside, take_over
from anlan.sensing.rules.comparing import Stretch
from anlan.sensing.rules.terms import Level, RuleMode
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, AlarmRule
from anlan.store.readers.rule_pairs import pair_of
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.test_judge_readings import come
from tests.flows.test_manage_rules import HOUR, NAMES, RULE

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LOWER = replace(RULE, levels=(Level(Colour.ORANGE, 2.0, 1.5),))


@pytest.fixture(autouse=True)
def live(cast: Cast) -> AlarmRule:
    a_pond_gauge(cast)
    return add_rule(acting_user=cast.grace, names=NAMES, rule=RULE, now=NOON - HOUR)


def beside(cast: Cast, minute: int = 0) -> AlarmRule:
    """A copy that finds more, from a minute on."""
    return run_beside(acting_user=cast.grace, rule=LOWER, why="too late", now=NOON + minute * MINUTE)


def test_a_copy_raises_nothing_and_what_both_found_is_compared(cast: Cast) -> None:
    come([(-5, 3.2)])
    copy = beside(cast)
    assert (copy.code, copy.mode, copy.version) == ("high-shadow", "shadow", 1)
    come([(1, 3.2), (2, 1.0), (3, 2.2), (4, 1.0), (5, 3.3), (35, 2.6)])
    assert not Alarm.objects.filter(rule=copy).exists()
    pair = pair_of(cast.carol, copy, NOON + 65 * MINUTE)
    assert pair is not None
    assert (pair.since, pair.both) == (NOON, 2)
    one = Stretch("gauge-111", NOON + 3 * MINUTE, NOON + 4 * MINUTE, "orange")
    assert (pair.live.times, pair.live.alone, pair.live.shown) == (2, 0, [])
    assert (pair.copy.times, pair.copy.places, pair.copy.alone, pair.copy.shown) == (3, 1, 1, [one])
    assert (pair.live.hours, pair.copy.hours) == (pytest.approx(62 / 60), pytest.approx(62 / 60))


def test_what_stood_before_and_did_not_move_is_found_by_both(cast: Cast) -> None:
    come([(-5, 3.2)])
    copy = beside(cast)
    come([(1, 3.2)])
    pair = pair_of(cast.carol, copy, NOON + HOUR)
    assert pair is not None and (pair.both, pair.live.alone, pair.copy.alone) == (1, 0, 0)


def test_nobody_sees_what_was_found_outside_their_areas(cast: Cast) -> None:
    copy = beside(cast)
    come([(1, 3.2)])
    pair = pair_of(cast.dan, copy, NOON + HOUR)
    assert pair is not None and (pair.both, pair.live.times, pair.copy.times) == (0, 0, 0)


def test_a_comparison_asks_as_often_for_many_lines_as_for_one(cast: Cast) -> None:
    copy = beside(cast)
    asked = []
    for first in (1, 10):
        come([(first + each, 3.2 * (each % 2)) for each in range(8)])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            pair_of(cast.carol, AlarmRule.objects.select_related("beside").get(pk=copy.pk), NOON + HOUR)
        asked.append(len(queries))
    assert asked == [6, 6]


def test_a_rule_has_one_copy_that_is_changed_by_versions(cast: Cast, live: AlarmRule) -> None:
    first, again = beside(cast), beside(cast, minute=9)
    assert first == again and live.copy == first and AlarmRule.objects.get(pk=first.pk).version == 2
    pair = pair_of(cast.carol, again, NOON + HOUR)
    assert pair is not None and pair.since == NOON + 9 * MINUTE


def test_a_copy_takes_the_place_of_its_rule_and_rests(cast: Cast, live: AlarmRule) -> None:
    copy = beside(cast)
    come([(1, 2.2)])
    done = take_over(acting_user=cast.grace, code=copy.code, why="finds more", now=NOON + 2 * MINUTE)
    assert done == live
    come([(3, 2.3)])
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.severity, alarm.values["version"]) == (live, "orange", 2)
    assert list(AlarmRule.objects.order_by("pk").values_list("mode", "version")) == [("live", 2), ("off", 2)]
    with pytest.raises(Refused) as no:
        take_over(acting_user=cast.grace, code=copy.code, why="again", now=NOON + HOUR)
    assert no.value.reason == "rule_rests"
    beside(cast, minute=30)
    assert AlarmRule.objects.get(pk=copy.pk).mode == "shadow"


def test_only_a_live_rule_has_a_copy_and_a_copy_is_never_live(cast: Cast) -> None:
    copy = beside(cast)
    said = replace(LOWER, code=copy.code)
    with pytest.raises(Refused) as no:
        change_rule(acting_user=cast.grace, names=NAMES, rule=said, why="", now=NOON + HOUR)
    assert no.value.reason == "rule_is_copy"
    resting = replace(RULE, mode=RuleMode.OFF)
    change_rule(acting_user=cast.grace, names=NAMES, rule=resting, why="", now=NOON + HOUR)
    for code in (RULE.code, copy.code):
        with pytest.raises(Refused) as no:
            run_beside(acting_user=cast.grace, rule=replace(LOWER, code=code), why="", now=NOON + 2 * HOUR)
        assert no.value.reason == "rule_not_live"
    for code in (RULE.code, "nothing"):
        with pytest.raises(NotFound):
            take_over(acting_user=cast.grace, code=code, why="", now=NOON + 2 * HOUR)


def test_only_who_may_change_rules_runs_copies(cast: Cast) -> None:
    copy = beside(cast)
    with pytest.raises(Refused) as no:
        run_beside(acting_user=cast.carol, rule=LOWER, why="", now=NOON + HOUR)
    assert no.value.reason == "not_permitted"
    with pytest.raises(Refused) as no:
        take_over(acting_user=cast.carol, code=copy.code, why="", now=NOON + HOUR)
    assert no.value.reason == "not_permitted"
