"""No pass without evidence made after the rectification, whatever else is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.verification import Reading, check_evidence, check_readings
from tests.conftest import NOON


@dataclass(frozen=True)
class Done:
    """A rectified case, as the rules read it."""

    rectified_at: datetime | None
    unit_path: str = "desk.committee."


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


def passes(check: object, case: Done, evidence: list[Reading]) -> bool:
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
