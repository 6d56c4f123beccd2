"""No pass without evidence made after the rectification, whatever else is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.verification import Reading, check_evidence, check_readings, check_verifier
from anlan.staff.terms import Role
from tests.conftest import NOON


@dataclass(frozen=True)
class Done:
    """A rectified case, as the rules read it."""

    rectified_at: datetime | None
    unit_path: str = "desk.committee."
    rectified_by_id: int | None = None


@dataclass(frozen=True)
class Post:
    """A role of a person, in a unit."""

    unit_path: str
    user_id: int
    id: int = 1
    role: str = Role.VERIFIER
    area_path: str = "city."


minutes = st.integers(-10_000, 10_000)
times = st.one_of(st.none(), minutes.map(lambda after: NOON + timedelta(minutes=after)))
readings = st.lists(
    st.builds(
        Reading,
        st.just("leak-7"),
        minutes.map(lambda after: NOON + timedelta(minutes=after)),
        st.floats(-1, 1) | st.just(nan),
        st.just(0.0),
        st.just(0.5),
    ),
    max_size=6,
)


def passes(check: object, case: Done, evidence: object) -> bool:
    try:
        check(case, evidence)  # type: ignore[operator]
    except Refused:
        return False
    return True


@given(times, readings)
def test_a_pass_has_evidence_made_after_the_rectification(at: datetime | None, shown: list[Reading]) -> None:
    later = at is not None and any(each.made_at > at for each in shown)

    assert passes(check_evidence, Done(at), shown) is later


@given(times, readings)
def test_a_sensor_passes_only_when_every_later_reading_is_normal(
    at: datetime | None, shown: list[Reading]
) -> None:
    after = [each for each in shown if at is not None and each.made_at > at]

    assert passes(check_readings, Done(at), shown) is (bool(after) and all(each.is_normal for each in after))


def test_evidence_of_the_very_moment_of_the_rectification_is_too_old() -> None:
    with pytest.raises(Refused, match="evidence_too_old"):
        check_evidence(Done(NOON), [Reading("leak-7", NOON, 0.1, 0.0, 0.5)])


units = st.sampled_from(["desk.", "desk.committee.", "desk.committee.post.", "desk.water."])


@given(st.none() | st.integers(1, 3), st.lists(units, min_size=1, max_size=3), st.integers(1, 3))
def test_who_verifies_is_outside_the_unit_in_every_role_and_did_not_do_the_work(
    rectified_by: int | None, held: list[str], person: int
) -> None:
    case = Done(NOON, rectified_by_id=rectified_by)
    outside = not any(path.startswith(case.unit_path) for path in held)

    assert passes(check_verifier, case, [Post(path, person) for path in held]) is (
        outside and person != rectified_by
    )
