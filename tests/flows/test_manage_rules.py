"""Rules in versions, alarms that become cases, missing data, rosters and policies."""

from datetime import timedelta

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import State
from anlan.flows.alarm_cases import case_by_rule, make_case
from anlan.flows.duty_rosters import OnShift, add_shift, end_shift, set_policy, set_stand_in
from anlan.flows.judge_silence import judge_silence
from anlan.flows.manage_rules import Names, add_rule, change_rule
from anlan.sensing.alarms.terms import DutyLevel
from anlan.sensing.rules.standard import STANDARD
from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, AlarmRule, CaseSensor, LatestValue, RuleFiring, Shift, Watch
from anlan.store.readers.alarms import minutes_for
from anlan.store.readers.duty import on_duty
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge, a_series
from tests.flows.alarms import a_rule
from tests.flows.test_judge_readings import LEVELS, come

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NAMES = Names("水位过高", "High water")
RULE = Rule("high", 1, "water-level", "level", RuleKind.THRESHOLD, (Level(Colour.YELLOW, 3.0, 2.5),))


def reason(no: pytest.ExceptionInfo[Refused]) -> str:
    return no.value.reason


def test_a_rule_changes_by_versions_and_lets_go_of_its_alarms_when_it_rests(cast: Cast) -> None:
    a_pond_gauge(cast)
    add_rule(acting_user=cast.grace, names=NAMES, rule=RULE, now=NOON - HOUR)
    come([(0, 3.2)])
    higher = Rule(**{**_facts(RULE), "levels": (Level(Colour.RED, 3.1, 3.0),)})
    change_rule(acting_user=cast.grace, names=NAMES, rule=higher, why="flood", now=NOON + HOUR / 60)
    come([(2, 3.2)])
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.values["version"]) == ("red", 2)

    resting = Rule(**{**_facts(RULE), "mode": RuleMode.OFF})
    change_rule(acting_user=cast.grace, names=NAMES, rule=resting, why="work", now=NOON + HOUR)
    assert (Alarm.objects.get().state, AlarmRule.objects.get().mode) == ("cleared", "off")
    with pytest.raises(Refused) as no:
        change_rule(acting_user=cast.grace, names=NAMES, rule=RULE, why="", now=NOON)
    assert reason(no) == "rule_too_early"


def _facts(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in rule.__slots__}


def test_only_who_may_for_the_whole_city_makes_rules_and_only_sound_ones(cast: Cast) -> None:
    a_pond_gauge(cast)
    for who in (cast.carol, cast.liu):
        with pytest.raises(Refused) as no:
            add_rule(acting_user=who, names=NAMES, rule=RULE, now=NOON)
        assert reason(no) == "not_permitted"
    wrong = {
        "rule_without_level": {"levels": ()},
        "rule_clear_beyond": {"levels": (Level(Colour.RED, 3.0, 3.5),)},
        "rule_levels_crossed": {"levels": (Level(Colour.BLUE, 4, 3), Level(Colour.RED, 3.5, 3))},
        "rule_level_twice": {"levels": (Level(Colour.RED, 4, 3), Level(Colour.BLUE, 5, 3))},
        "rule_wait_too_long": {"hold_seconds": 90_000},
        "rule_parameter": {"kind": RuleKind.RATE},
        "property_unknown": {"property": "flow"},
    }
    for said, facts in wrong.items():
        with pytest.raises(Refused) as no:
            add_rule(acting_user=cast.grace, names=NAMES, rule=Rule(**{**_facts(RULE), **facts}), now=NOON)
        assert reason(no) == said
    assert not AlarmRule.objects.exists()


def test_an_alarm_becomes_a_case_that_its_sensor_watches_and_ends_with_it(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    version = a_rule(gauge, levels=LEVELS)
    version.rule.opens_case = cast.open_water
    version.rule.save()
    come([(0, 3.2)])
    alarm = Alarm.objects.get()
    case = case_by_rule(acting_user=None, alarm_id=alarm.pk, now=NOON)
    assert case is not None and case_by_rule(acting_user=None, alarm_id=alarm.pk, now=NOON) is None
    assert (case.site, case.area, case.state) == (cast.pond_111, cast.village_111, State.NEW)
    named = CaseSensor.objects.get()
    assert (named.series, named.lowest, named.highest) == (a_series(gauge), None, 2.5)
    with pytest.raises(Refused) as no:
        make_case(acting_user=cast.ivan, alarm_id=alarm.pk, category_code=cast.open_water.code, now=NOON)
    assert reason(no) == "alarm_has_case"


def test_who_is_silent_too_long_raises_an_alarm_and_is_muted_by_being_muted(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    a_rule(gauge, kind=RuleKind.MISSING, levels=(Level(Colour.BLUE, 3, 1),))
    LatestValue.objects.create(series=a_series(gauge), at=NOON, value=1, received_at=NOON)
    Watch.objects.create(listening_since=NOON, swept_at=NOON)
    minute = HOUR / 60
    assert judge_silence(acting_user=None, now=NOON + 14 * minute) == []
    judge_silence(acting_user=None, now=NOON + 15 * minute)
    judge_silence(acting_user=None, now=NOON + 16 * minute)
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.says_silent, RuleFiring.objects.count()) == ("blue", True, 1)
    LatestValue.objects.update(at=NOON + 16 * minute, received_at=NOON + 16 * minute)
    judge_silence(acting_user=None, now=NOON + 17 * minute)
    assert Alarm.objects.get().state == "cleared"
    gauge.muted_until = NOON + HOUR * 9
    gauge.save()
    assert judge_silence(acting_user=None, now=NOON + HOUR) == []


def test_who_stands_on_the_roster_hears_or_whoever_stands_in(cast: Cast) -> None:
    shift = OnShift("990101001", "ivan", NOON, NOON + 8 * HOUR)
    row = add_shift(acting_user=cast.carol, shift=shift, now=NOON)
    path = cast.village_111.path
    assert [each.user for each in on_duty(path, DutyLevel.TOWNSHIP, NOON + HOUR)] == [cast.ivan.user]
    set_stand_in(acting_user=cast.carol, shift_id=row.pk, stand_in="carol", now=NOON)
    assert [each.user for each in on_duty(path, DutyLevel.TOWNSHIP, NOON + HOUR)] == [cast.carol.user]
    for said, facts in {
        "shift_twice": {},
        "shift_ends_first": {"ends": NOON},
        "shift_over": {"begins": NOON - 2 * HOUR, "ends": NOON - HOUR},
        "shift_too_long": {"ends": NOON + 40 * 24 * HOUR},
        "not_on_staff_here": {"user": "dan"},
    }.items():
        with pytest.raises(Refused) as no:
            add_shift(acting_user=cast.carol, shift=OnShift(**{**vars(shift), **facts}), now=NOON)
        assert reason(no) == said
    with pytest.raises(NotFound):
        end_shift(acting_user=cast.dan, shift_id=row.pk, now=NOON + HOUR)
    end_shift(acting_user=cast.carol, shift_id=row.pk, now=NOON + HOUR)
    assert Shift.objects.get().ends == NOON + HOUR


def test_the_city_says_after_how_many_minutes_which_level_hears(cast: Cast) -> None:
    minutes = {DutyLevel.TOWNSHIP: 0, DutyLevel.COUNTY: 2}
    set_policy(acting_user=cast.grace, severity=Colour.RED, minutes=minutes, why="typhoon", now=NOON)
    assert minutes_for(Colour.RED, NOON) == minutes
    with pytest.raises(Refused) as no:
        set_policy(
            acting_user=cast.grace, severity=Colour.RED, minutes={DutyLevel.COUNTY: 2}, why="", now=NOON
        )
    assert reason(no) == "policy_without_township"


def test_the_standard_rules_are_sound(cast: Cast) -> None:
    from anlan.sensing.rules.keeping import check_rule, content_of, rule_of

    for _zh, _en, rule in STANDARD:
        check_rule(rule)
        facts = {name: getattr(rule, name) for name in ("code", "version", "device_kind", "property", "kind")}
        assert rule_of(content_of(rule), **facts) == rule
