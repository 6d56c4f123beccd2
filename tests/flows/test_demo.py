"""The made-up city: whole, the same for the same seed, and true to the rules."""

from collections import Counter
from datetime import timedelta
from functools import cache
from random import Random

import pytest
from django.db import connection
from django.db.models import F, Max, Sum
from django.utils import timezone
from scipy.stats import binomtest

from anlan.base.errors import Refused
from anlan.cases import states
from anlan.cases.indices import Index
from anlan.cases.rule_lint import Flaw, lint
from anlan.cases.terms import State
from anlan.flows.demo import land
from anlan.flows.demo.make import DemoCity, make_demo_city
from anlan.flows.score_month import score_month
from anlan.outcomes.months import month_of, next_month, starts_at
from anlan.sensing.profiles import PROFILES
from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    Device,
    Incident,
    LatestValue,
    Observation,
    ObservationDay,
    ObservationHour,
    ObservationMinute,
    ScoreRun,
    Unit,
)
from anlan.store.readers.routing import rules_in_force
from anlan.store.readers.rule_checks import ground
from anlan.store.readers.wall import usual
from tests.conftest import NOON
from tests.flows.plain_scores import Month

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(kept_rows: None) -> DemoCity:
    """Give a city that is made once for all tests of this file."""
    city = make_demo_city(seed=1, cases=1500, now=NOON, townships=18, villages=90)
    connection.check_constraints()
    return city


def test_the_land_has_taizhous_proportions_and_names_that_repeat() -> None:
    grounds = list(land.everything(land.city(Random(1))))

    assert Counter(ground.level for ground in grounds) == {
        "city": 1,
        "county": 9,
        "township": 136,
        "village": 3429,
    }
    assert len({ground.code for ground in grounds}) == len(grounds)
    assert len({ground.name for ground in grounds}) < len(grounds)


def test_there_are_two_years_of_cases_in_all_states_and_of_incidents(city: DemoCity) -> None:
    first = Case.objects.earliest("opened_at").opened_at
    assert NOON - timedelta(days=731) < first < NOON - timedelta(days=700)
    assert set(Case.objects.values_list("state", flat=True)) >= {"new", "in_progress", "closed", "rejected"}
    assert set(Incident.objects.values_list("kind", flat=True)) == {"collision", "fire", "drowning", "theft"}


def test_today_is_like_the_days_before_it(city: DemoCity) -> None:
    reported = usual(Case.objects.all(), "opened_at", NOON)

    assert min(reported.days) <= reported.now <= max(reported.days)


def test_every_history_walks_the_table_of_states_to_where_its_case_stands(city: DemoCity) -> None:
    stood = dict.fromkeys(Case.objects.values_list("pk", flat=True), "new")
    for event in CaseEvent.objects.exclude(step="reported").order_by("case_id", "at", "id"):
        assert stood[event.case_id] == event.state_before
        assert (State(event.state_before), event.step) in states.STEPS
        stood[event.case_id] = event.state_after

    assert stood == dict(Case.objects.values_list("pk", "state"))


def test_the_rules_in_force_have_no_flaw_worth_an_error_and_are_all_reached(city: DemoCity) -> None:
    findings = lint(rules_in_force(NOON).rules, ground())

    assert [each for each in findings if each.flaw in (Flaw.NEVER_REACHED, Flaw.NO_UNIT)] == []
    assert [each for each in findings if each.gravity == "error"] == []


def test_no_unit_verified_its_own_work(city: DemoCity) -> None:
    verified = CaseEvent.objects.filter(step="pass")

    assert verified.exists()
    assert not verified.filter(actor_unit=F("case__unit")).exists()


def test_the_same_seed_on_the_same_day_gives_the_same_city(city: DemoCity) -> None:
    again = land.city(Random(1), townships=18, villages=90)

    named = [ground.name for ground in land.everything(again)]
    assert named == [ground.name for ground in land.everything(land.city(Random(1), 18, 90))]


def test_a_city_that_is_there_is_left_alone(city: DemoCity) -> None:
    with pytest.raises(Refused, match="city_not_empty"):
        make_demo_city(seed=1, cases=1, now=NOON)


def test_devices_of_every_kind_have_two_days_of_readings(city: DemoCity) -> None:
    assert Device.objects.count() == city.devices > 100
    assert Observation.objects.count() == city.readings > 10_000
    assert set(Device.objects.values_list("kind__code", flat=True)) == {each.code for each in PROFILES}
    newest = LatestValue.objects.aggregate(at=Max("at"))["at"]
    assert NOON - timedelta(minutes=10) < newest <= NOON
    oldest = Observation.objects.order_by("at").values_list("at", flat=True)[0]
    assert NOON - timedelta(days=2, hours=12) < oldest


def test_the_roll_ups_add_up_to_the_readings(city: DemoCity) -> None:
    for table in (ObservationMinute, ObservationHour, ObservationDay):
        assert table.objects.aggregate(n=Sum("count"))["n"] == city.readings


def test_cameras_say_what_they_are_for_and_keep_no_picture(city: DemoCity) -> None:
    camera = Device.objects.filter(is_camera=True).first()
    assert camera is not None and camera.purpose and camera.legal_basis and camera.keeps_days == 30
    assert set(camera.series.values_list("property__code", flat=True)) == {"online"}


@pytest.mark.parametrize("back", [1, 2, 7])
def test_every_score_is_what_a_plain_reading_of_the_history_says(city: DemoCity, back: int) -> None:
    """All areas and units, all indices, reckoned a second way from docs/indices.md; and their limits."""
    zone = timezone.get_default_timezone()
    month = month_of(NOON, zone)
    for _ in range(back):
        month = month_of(starts_at(month, zone) - timedelta(days=1), zone)
    start, end = starts_at(month, zone), starts_at(next_month(month), zone)
    run = score_month(month, now=NOON)
    areas, units = Month(start, end, NOON).figures()

    assert {index for _, index in areas} == {*Index}
    assert figures_of(run, "area", {*Area.objects.values_list("path", flat=True)}) == areas
    paths = set(Unit.objects.values_list("path", flat=True))
    assert figures_of(run, "unit", paths) == {key: share for key, share in units.items() if key[0] in paths}
    for score in run.scores.all():
        assert (score.lower, score.upper) == pytest.approx(
            exact(score.numerator, score.denominator), abs=1e-4
        )


@cache
def exact(met: int, counted: int) -> tuple[float, float]:
    """The limits of a share; many units share the few that small counts have, and they take long to find."""
    interval = binomtest(met, counted).proportion_ci(0.95, "exact")
    return interval.low, interval.high


def figures_of(run: ScoreRun, kind: str, paths: set[str]) -> dict[tuple[str, str], tuple[int, int]]:
    found = run.scores.filter(kind=kind, index__in=[*Index], path__in=paths)
    return {
        (path, index): (met, counted)
        for path, index, met, counted in found.values_list("path", "index", "numerator", "denominator")
    }
