"""The months of a place: what is small is a range, and no sum gives it away."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from anlan.publishing.history import Between, history_of, months_up_to, published

TODAY = date(2026, 11, 23)
COUNTS = st.dictionaries(
    st.sampled_from(months_up_to(TODAY)), st.tuples(st.integers(0, 40), st.integers(0, 40))
)


def test_months_follow_each_other_over_the_year_and_end_with_today() -> None:
    assert months_up_to(date(2027, 2, 28), 4) == (
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    )


def test_numbers_of_one_and_two_look_alike_and_others_are_exact() -> None:
    assert [str(published(n)) for n in (0, 1, 2, 3, 40)] == ["0", "1–2", "1–2", "3", "40"]


@given(COUNTS)
def test_every_number_lies_in_what_is_published_of_it(counts: dict[date, tuple[int, int]]) -> None:
    history = history_of(counts, TODAY)

    reported = sum(opened for opened, _ in counts.values())
    assert history.reported.least <= reported <= history.reported.most
    assert all(
        each.reported.least <= counts.get(each.first, (0, 0))[0] <= each.reported.most
        for each in history.months
    )


@given(COUNTS, st.sampled_from(months_up_to(TODAY)))
def test_what_is_published_is_the_same_whether_a_small_month_had_one_or_two(
    counts: dict[date, tuple[int, int]], month: date
) -> None:
    one, two = (history_of(counts | {month: (n, 0)}, TODAY) for n in (1, 2))

    assert one == two


def test_sums_of_ranges_are_ranges() -> None:
    assert str(Between(1, 2) + Between(5, 5)) == "6–7"
