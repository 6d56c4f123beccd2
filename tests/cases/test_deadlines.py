"""By when a stage must end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases import deadlines
from anlan.cases.terms import Stage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Kind:
    accept_hours: int = 1
    dispatch_hours: int = 2
    handle_hours: int = 120
    verify_hours: int = 48


def test_each_stage_has_its_own_limit() -> None:
    ends = {stage: deadlines.due(stage, NOON, Kind()) - NOON for stage in Stage}
    assert ends == {
        Stage.ACCEPT: HOUR,
        Stage.DISPATCH: 2 * HOUR,
        Stage.HANDLE: 120 * HOUR,
        Stage.VERIFY: 48 * HOUR,
        Stage.CLOSE: 24 * HOUR,
    }


def test_two_thirds_of_a_stage_are_amber() -> None:
    assert deadlines.amber_at(NOON, NOON + 3 * HOUR) == NOON + 2 * HOUR


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_the_used_share_never_leaves_nought_to_one(length: timedelta, passed: timedelta) -> None:
    share = deadlines.used_share(NOON, NOON + length, NOON + passed)
    assert 0 <= share <= 1
    assert (share == 1) == (passed >= length)
