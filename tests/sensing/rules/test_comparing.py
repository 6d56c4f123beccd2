"""Two rules side by side: stretches of what each said, and what only one of them found."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anlan.sensing.rules.comparing import Said, Stretch, alone, stretches

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def test_a_stretch_goes_from_abnormal_to_normal_and_is_as_severe_as_its_worst() -> None:
    said = [
        Said("pond", at(1), "yellow", ""),
        Said("lake", at(2), "red", ""),
        Said("pond", at(3), "red", "yellow"),
        Said("pond", at(5), "yellow", "red"),
        Said("pond", at(9), "", "yellow"),
        Said("pond", at(20), "blue", ""),
    ]
    assert stretches(said, NOON) == [
        Stretch("lake", at(2), None, "red"),
        Stretch("pond", at(1), at(9), "red"),
        Stretch("pond", at(20), None, "blue"),
    ]


def test_what_was_abnormal_before_begins_with_the_comparison() -> None:
    assert stretches([Said("pond", at(4), "", "orange")], NOON) == [Stretch("pond", NOON, at(4), "orange")]


def test_a_line_that_came_late_stands_where_it_belongs_and_the_last_of_a_moment_counts() -> None:
    said = [
        Said("pond", at(8), "red", ""),
        Said("pond", at(8), "", "red"),
        Said("pond", at(2), "yellow", ""),
        Said("pond", at(4), "", "yellow"),
    ]
    assert stretches(said, NOON) == [Stretch("pond", at(2), at(4), "yellow")]


def test_stretches_that_meet_at_one_place_are_found_by_both() -> None:
    ours = [
        Stretch("pond", at(0), at(5), "red"),
        Stretch("pond", at(20), at(25), "red"),
        Stretch("pond", at(40), None, "red"),
        Stretch("lake", at(0), None, "red"),
    ]
    theirs = [Stretch("pond", at(5), at(8), "blue"), Stretch("pond", at(50), None, "blue")]
    assert alone(ours, theirs) == [ours[1], ours[3]]
    assert alone(theirs, ours) == []
    assert ours[0].lasted(at(60)) == timedelta(minutes=5)
    assert ours[2].lasted(at(60)) == timedelta(minutes=20)


LINES = st.builds(
    Said,
    st.sampled_from(["pond", "lake"]),
    st.integers(0, 30).map(at),
    st.sampled_from(["", "yellow", "red"]),
    st.just(""),
)
FOUND = st.lists(LINES, max_size=12).map(lambda said: stretches(said, NOON))


@given(FOUND, FOUND)
def test_what_is_found_alone_is_what_meets_none_of_the_others(
    ours: list[Stretch], theirs: list[Stretch]
) -> None:
    found = alone(ours, theirs)

    assert set(found) == {each for each in ours if not any(each.meets(other) for other in theirs)}
    assert [each.begins for each in found] == sorted((each.begins for each in found), reverse=True)
