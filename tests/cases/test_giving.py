"""A case goes to units of its own place and of the dispatcher's area, to no other."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.giving import may_give, meeting

paths = st.lists(st.sampled_from(["1", "2"]), max_size=3).map(
    lambda codes: "".join(f"{code}." for code in ["city", *codes])
)


@given(paths, paths, st.lists(paths, max_size=2), st.booleans())
def test_a_unit_works_at_the_place_or_in_the_dispatchers_area_or_is_meant(
    unit: str, case: str, own: list[str], meant: bool
) -> None:
    at_the_place = set(unit.split(".")[:-1]) <= set(case.split(".")[:-1]) and case.startswith(unit)
    in_own_area = [root for root in own if unit.startswith(root)]

    assert may_give(unit=unit, case=case, own=own, meant=meant) is (
        meant or at_the_place or bool(in_own_area)
    )


@given(paths, paths)
def test_who_dispatches_in_the_area_that_holds_both_may_give_it(unit: str, case: str) -> None:
    both = meeting(unit, case)

    assert (unit.startswith(both), case.startswith(both)) == (True, True)
    assert may_give(unit=unit, case=case, own=[both], meant=False)


@given(paths, paths)
def test_no_smaller_area_holds_both(unit: str, case: str) -> None:
    both = meeting(unit, case)
    next_down = {both + path.removeprefix(both).split(".")[0] + "." for path in (unit, case) if path != both}

    assert not any(unit.startswith(path) and case.startswith(path) for path in next_down)


def test_two_cities_share_nothing() -> None:
    assert meeting("331000.", "330100.") == ""
