"""Draws: repeatable, blind to order, even, and never from inside the responsible unit."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases import drawing
from anlan.cases.drawing import Eligible, Occasion, Purpose

SEED = b"s" * 32
CASE = Occasion(Purpose.VERIFIERS, 7, 1)
UNITS = ("desk.", "desk.water.", "desk.office.", "desk.office.committee.", "desk.office2.")
posts = st.lists(st.builds(Eligible, st.sampled_from(UNITS), st.integers(1, 99)), max_size=12)
names = st.lists(st.text("abc.:1", min_size=1, max_size=6), max_size=12)


@given(names, st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_the_list_and_names_given_twice_do_not_matter(
    listed: list[str], rng: Any, most: int
) -> None:
    mixed = listed + listed[:3]
    rng.shuffle(mixed)
    assert drawing.drawn(SEED, CASE, mixed, most) == drawing.drawn(SEED, CASE, listed, most)
    assert drawing.digest_of(mixed) == drawing.digest_of(listed)


@given(names, st.integers(0, 5))
def test_as_many_as_asked_for_are_drawn_from_the_list_and_nobody_twice(listed: list[str], most: int) -> None:
    found = drawing.drawn(SEED, CASE, listed, most)
    assert (len(found), set(found) <= set(listed)) == (min(most, len(set(listed))), True)
    assert len(set(found)) == len(found)


@given(posts, st.sampled_from(UNITS))
def test_nobody_of_the_responsible_unit_or_below_it_is_eligible(found: list[Eligible], unit: str) -> None:
    listed = drawing.outside(found, unit)
    assert not [name for name in listed if name.startswith(unit)]
    assert set(listed) == {each.name for each in found if not each.unit_path.startswith(unit)}


def test_over_many_cases_each_of_ten_is_drawn_equally_often() -> None:
    listed = [f"unit-{n}.:{n}" for n in range(10)]
    drawn = Counter(
        drawing.drawn(SEED, Occasion(Purpose.VERIFIERS, case, 1), listed, 1)[0] for case in range(10_000)
    )
    chi_square = sum((drawn[name] - 1000) ** 2 / 1000 for name in listed)
    assert chi_square < 27.88  # 9 degrees of freedom, 0.1 %


def test_about_the_share_that_was_set_is_picked_and_none_or_all_at_its_ends() -> None:
    def picked(percent: int) -> int:
        return sum(
            drawing.is_picked(SEED, Occasion(Purpose.SECOND_CHECK, case, 1), percent) for case in range(5000)
        )

    assert (picked(0), picked(100)) == (0, 5000)
    assert abs(picked(10) - 500) < 70  # 3.3 standard deviations


def test_another_seed_case_or_round_draws_anew() -> None:
    listed = [f"unit.:{n}" for n in range(50)]
    again = [
        drawing.drawn(SEED, CASE, listed, 5),
        drawing.drawn(b"t" * 32, CASE, listed, 5),
        drawing.drawn(SEED, replace(CASE, case_id=8), listed, 5),
        drawing.drawn(SEED, replace(CASE, round=2), listed, 5),
        drawing.drawn(SEED, replace(CASE, purpose=Purpose.SECOND_CHECK), listed, 5),
    ]
    assert len(set(again)) == 5


LISTED = tuple(f"desk.water.:{n}" for n in range(6))
KEPT: dict[str, Any] = {
    "eligible": LISTED,
    "digest": drawing.digest_of(LISTED),
    "committed": drawing.commitment(SEED),
    "result": drawing.drawn(SEED, CASE, LISTED, 3),
    "most": 3,
    "unit_path": "desk.office.",
}


def test_what_was_kept_repeats_the_draw() -> None:
    drawing.check(SEED, CASE, **KEPT)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"committed": drawing.commitment(b"t" * 32)}, "seed_not_committed"),
        ({"eligible": LISTED[:-1]}, "list_changed"),
        ({"unit_path": "desk.water."}, "drawn_inside_unit"),
        ({"result": LISTED[:3][::-1]}, "result_differs"),
        ({"most": 2}, "result_differs"),
    ],
)
def test_whatever_was_changed_afterwards_is_seen(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        drawing.check(SEED, CASE, **(KEPT | changed))


@given(st.integers(0, 10_000), st.integers(1, 500), st.binary(min_size=32, max_size=32))
def test_a_list_is_thinned_to_about_what_it_may_hold(count: int, most: int, seed: bytes) -> None:
    thinning = drawing.thinned(seed, CASE, count, most)

    kept = sum(thinning.keeps(number) for number in range(1, count + 1))
    assert kept <= most
    assert 0 <= thinning.rest < thinning.every
    if count <= most:
        assert kept == count


def test_every_rest_is_kept_about_equally_often() -> None:
    rests = Counter(drawing.thinned(bytes([n]) * 32, CASE, 40, 10).rest for n in range(256))

    assert set(rests) == {0, 1, 2, 3}
    assert min(rests.values()) > 40


@given(st.lists(st.integers(1, 5), max_size=12))
def test_nobody_has_verifiers_drawn_anew_twice_and_all_together_do_it_three_times_at_most(
    asking: list[int],
) -> None:
    asked: list[int] = []
    for person in asking:
        try:
            drawing.check_redraw(asked, person)
        except Refused as refused:
            expected = "redrawn_often" if len(asked) >= drawing.MOST_REDRAWS else "redraw_by_another"
            assert refused.reason == expected
        else:
            asked.append(person)
    assert len(set(asked)) == len(asked) == min(len(set(asking)), drawing.MOST_REDRAWS)
