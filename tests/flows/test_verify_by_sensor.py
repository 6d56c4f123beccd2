"""A sensor back to normal verifies and closes a rectified case, on the readings that are stored."""

import pickle
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import State, VerificationKind
from anlan.cases.verification import SETTLED, Reading, Watched, check_settled
from anlan.flows.verify_by_sensor import verify_by_sensor, verify_by_sensors, watch_case
from anlan.store.models import Case, SecondCheck, Series, Verification
from tests.cast import Cast, build_cast
from tests.conftest import NOON, kept
from tests.devices import a_pond_gauge, a_series, readings
from tests.flows.walks import HOUR, ROAD, walked_to

MINUTE = timedelta(minutes=1)
RECTIFIED = NOON + 4 * HOUR
LATER = RECTIFIED + HOUR
HIGH = 2.8


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """The cast, a gauge, and a rectified case that it watches: stored once, each test gets a copy."""
    cast = build_cast()
    gauge, case = a_series(a_pond_gauge(cast)), walked_to(State.RECTIFIED, cast, NOON)
    watched(cast, case, gauge)
    return kept((cast, gauge, Case.objects.get(pk=case.pk)))


@pytest.fixture
def cast(db: None, scene: bytes) -> Cast:
    found: Cast = pickle.loads(scene)[0]
    return found


@pytest.fixture
def gauge(db: None, scene: bytes) -> Series:
    found: Series = pickle.loads(scene)[1]
    return found


@pytest.fixture
def case(db: None, scene: bytes) -> Case:
    """A case that the gauge at its pond watches, rectified."""
    found: Case = pickle.loads(scene)[2]
    return found


def watched(cast: Cast, case: Case, series: Series, highest: float | None = HIGH) -> None:
    watch_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=Case.objects.get(pk=case.pk).version,
        now=RECTIFIED,
        series_id=series.pk,
        lowest=None,
        highest=highest,
    )


def ask(case: Case, now: datetime = LATER) -> Case:
    return verify_by_sensor(acting_user=None, case_id=case.pk, now=now)


@pytest.mark.django_db
def test_readings_back_to_normal_verify_and_close(case: Case, gauge: Series, settings: Any) -> None:
    settings.ANLAN_SECOND_CHECK_PERCENT = 0
    readings(gauge, RECTIFIED + 5 * MINUTE, [2.7, 2.5, 2.1, 2.0, 1.9, 1.9, 1.8, 1.9, 1.8, 1.8, 1.8])
    readings(gauge, RECTIFIED - 20 * MINUTE, [3.4, 3.2])

    closed = ask(case)
    seen = Verification.objects.get(case=case)
    assert (closed.state, closed.closed_at) == (State.CLOSED, LATER)
    assert (seen.kind, seen.passed, seen.user, seen.unit) == (VerificationKind.SENSOR, True, None, None)
    assert [each["value"] for each in seen.evidence["readings"]] == [1.8, 2.7, 1.8]
    assert {(each["lowest"], each["highest"]) for each in seen.evidence["readings"]} == {(None, HIGH)}
    assert not SecondCheck.objects.exists()


@pytest.mark.django_db
def test_a_share_of_what_sensors_closed_is_drawn_for_a_second_check(
    cast: Cast, case: Case, gauge: Series, settings: Any
) -> None:
    settings.ANLAN_SECOND_CHECK_PERCENT = 100
    readings(gauge, RECTIFIED + 5 * MINUTE, [2.0] * 11)
    ask(case)

    assert SecondCheck.objects.get().pool == [cast.bob.memberships[0].pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "values", "reason"),
    [
        (5, [], "evidence_missing"),
        (-55, [2.0] * 11, "evidence_missing"),
        (5, [2.0] * 8 + [2.9] + [2.0] * 2, "reading_not_normal"),
        (5, [2.9] + [2.0] * 10, "reading_not_normal"),
        (5, [2.0] * 5, "reading_stale"),
    ],
)
def test_what_is_not_normal_until_now_verifies_nothing(
    case: Case, gauge: Series, first: int, values: list[float], reason: str
) -> None:
    readings(gauge, RECTIFIED + first * MINUTE, values)

    with pytest.raises(Refused, match=reason):
        ask(case)
    assert verify_by_sensors(acting_user=None, now=LATER) == 0
    case.refresh_from_db()
    assert case.state == State.RECTIFIED


@pytest.mark.django_db
def test_a_sensor_must_stay_normal_for_a_while(case: Case, gauge: Series) -> None:
    readings(gauge, RECTIFIED + 5 * MINUTE, [2.0] * 11)

    early = RECTIFIED + 20 * MINUTE
    with pytest.raises(Refused, match="reading_not_settled"):
        verify_until(case, gauge, early)


def verify_until(case: Case, gauge: Series, now: datetime) -> None:
    from anlan.store.models import Observation

    Observation.objects.filter(series=gauge, at__gt=now).delete()
    ask(case, now)


@pytest.mark.django_db
def test_every_sensor_that_watches_must_agree(cast: Cast, case: Case, gauge: Series) -> None:
    other = a_series(a_pond_gauge(cast, "gauge-112"))
    watched(cast, case, other)
    readings(gauge, RECTIFIED + 5 * MINUTE, [2.0] * 11)
    readings(other, RECTIFIED + 5 * MINUTE, [3.0] * 11)

    with pytest.raises(Refused, match="reading_not_normal"):
        ask(case)
    watched(cast, case, other, highest=3.5)
    assert ask(case).state == State.CLOSED


@pytest.mark.django_db
def test_the_timer_asks_the_sensors_of_every_case_that_waits(cast: Cast, case: Case, gauge: Series) -> None:
    unwatched = walked_to(State.RECTIFIED, cast, NOON)
    readings(gauge, RECTIFIED + 5 * MINUTE, [2.0] * 11)

    assert [verify_by_sensors(acting_user=None, now=LATER) for _ in range(2)] == [1, 0]
    states = Case.objects.in_bulk([case.pk, unwatched.pk])
    assert [states[each.pk].state for each in (case, unwatched)] == [State.CLOSED, State.RECTIFIED]


@pytest.mark.django_db
def test_a_case_that_does_not_wait_or_has_no_sensor_is_refused(cast: Cast, case: Case) -> None:
    plain = walked_to(State.RECTIFIED, cast, NOON)
    with pytest.raises(Refused, match="no_sensor"):
        ask(plain)
    ROAD[State.VERIFIED](cast, case, NOON + 5 * HOUR)
    with pytest.raises(Refused, match="step_not_allowed"):
        ask(case)
    with pytest.raises(NotFound):
        verify_by_sensor(acting_user=None, case_id=999_999, now=LATER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bounds", "reason"),
    [((None, None), "bounds_missing"), ((3.0, 3.0), "range_is_nothing"), ((4.0, 3.0), "range_is_nothing")],
)
def test_a_sensor_is_named_with_what_is_normal(
    cast: Cast, gauge: Series, bounds: tuple[float | None, float | None], reason: str
) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    lowest, highest = bounds
    call: dict[str, Any] = {
        "acting_user": cast.carol,
        "case_id": case.pk,
        "version": case.version,
        "now": RECTIFIED,
        "lowest": lowest,
        "highest": highest,
    }
    with pytest.raises(Refused, match=reason):
        watch_case(series_id=gauge.pk, **call)
    with pytest.raises(Refused, match="sensor_unknown"):
        watch_case(series_id=gauge.pk + 1, **call)
    with pytest.raises(Refused, match="not_permitted"):
        watch_case(series_id=gauge.pk, **call | {"acting_user": cast.alice, "highest": 3.0, "lowest": None})


class Done:
    unit_path = "a."
    rectified_at = NOON
    rectified_by_id = None


@given(
    st.lists(st.tuples(st.integers(1, 600), st.floats(-10, 10)), min_size=1, max_size=20),
    st.floats(-10, 10),
    st.integers(0, 700),
)
def test_it_settles_only_when_every_reading_is_normal_long_enough_and_until_now(
    seen: list[tuple[int, float]], highest: float, now: int
) -> None:
    facts = [Reading("g", NOON + minute * MINUTE, value, -20.0, highest) for minute, value in seen]
    by_value = sorted(facts, key=lambda each: each.value)
    newest = max(facts, key=lambda each: each.made_at)
    told = Watched(len(facts), by_value[0], by_value[-1], newest, 5 * MINUTE)
    try:
        check_settled(Done(), [told], NOON + now * MINUTE)
        settled = True
    except Refused:
        settled = False

    normal = all(value <= highest for _, value in seen)
    last = max(minute for minute, _ in seen)
    assert settled == (normal and last * MINUTE >= SETTLED and last >= now - 15)
