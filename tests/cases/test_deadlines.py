"""By when a stage must end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases import deadlines
from anlan.cases.announced_days import calendar
from anlan.cases.due_times import Pause, due, moved
from anlan.cases.limits import Limit, TimeUnit
from anlan.cases.terms import TOTAL, Stage

CHINA = calendar("cn")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Kind:
    accept_hours: int = 1
    dispatch_hours: int = 2
    handle_hours: int = 120
    verify_hours: int = 48


def test_each_stage_has_its_own_limit() -> None:
    terms = deadlines.terms(Kind(), [], "", CHINA)
    ends = {stage: deadlines.due(stage, NOON, terms) - NOON for stage in Stage}
    assert ends == {
        Stage.ACCEPT: HOUR,
        Stage.DISPATCH: 2 * HOUR,
        Stage.HANDLE: 120 * HOUR,
        Stage.VERIFY: 48 * HOUR,
        Stage.CLOSE: 24 * HOUR,
    }


@dataclass(frozen=True)
class Row:
    stage: str
    amount: int
    unit: str
    severity: str = ""
    amber_percent: int = 50


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def ends(rows: list[Row], severity: str, since: datetime, *stages: str) -> list[datetime]:
    terms = deadlines.terms(Kind(), rows, severity, CHINA)
    return [deadlines.due(stage, since, terms) for stage in stages]


def test_a_limit_for_the_severity_goes_before_one_for_any() -> None:
    rows = [Row("handle", 4, "emergency hours", "serious"), Row("handle", 3, "working days")]

    assert ends(rows, "serious", NOON, "handle") == [NOON + 4 * HOUR]
    assert ends(rows, "minor", local("2026-02-13T16:30"), "handle") == [local("2026-02-25T16:30")]


def test_without_a_limit_of_its_own_the_whole_has_the_time_of_its_stages() -> None:
    assert ends([], "", NOON, TOTAL) == [deadlines.total_due(NOON, Kind())]
    assert ends([Row(TOTAL, 9, "days")], "", NOON, TOTAL) == [NOON + 9 * 24 * HOUR]


def test_a_stage_in_working_time_is_amber_after_a_share_of_that_time() -> None:
    since = local("2026-02-13T16:30")  # the last hour but a day before the Spring Festival
    terms = deadlines.terms(Kind(), [Row("handle", 2, "working days")], "", CHINA)
    end = deadlines.due("handle", since, terms)

    assert deadlines.near("handle", since, end, terms) == local("2026-02-14T16:30")


def test_a_pause_moves_an_end_by_the_part_of_it_that_counts() -> None:
    began, end = local("2026-11-23T09:00"), local("2026-11-25T09:00")
    night = Pause(local("2026-11-23T16:30"), local("2026-11-24T09:30"))
    later = Pause(end, end + 5 * HOUR)

    def later_by(pause: Pause, unit: str) -> timedelta:
        return deadlines.after_pause(end, began, pause, unit, CHINA) - end

    assert [later_by(night, unit) for unit in ("working days", "days")] == [2 * HOUR, 17 * HOUR]
    assert [later_by(later, unit) for unit in ("working days", "days")] == [timedelta(0)] * 2


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=3),
    st.sampled_from(list(TimeUnit)),
)
def test_one_pause_after_the_other_moves_as_all_at_once(
    start: datetime, amount: int, hours: list[tuple[int, int]], unit: TimeUnit
) -> None:
    begun = start.replace(tzinfo=UTC)
    pauses, at = [], begun
    for gap, length in hours:
        pauses.append(Pause(at + (gap + 1) * HOUR, at + (gap + 1 + length) * HOUR))
        at = pauses[-1].ends
    step = due(begun, Limit(amount, unit), CHINA)
    for pause in pauses:
        step = moved(step, begun, pause, unit, CHINA)

    assert step == due(begun, Limit(amount, unit), CHINA, pauses)


def test_two_thirds_of_a_stage_are_amber() -> None:
    assert deadlines.amber_at(NOON, NOON + 3 * HOUR) == NOON + 2 * HOUR


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_the_used_share_never_leaves_nought_to_one(length: timedelta, passed: timedelta) -> None:
    share = deadlines.used_share(NOON, NOON + length, NOON + passed)
    assert 0 <= share <= 1
    assert (share == 1) == (passed >= length)
