"""League tables that do not rank noise."""

from dataclasses import dataclass

from anlan.cases.indices import Better
from anlan.outcomes.league import Band, grouped


@dataclass(frozen=True)
class Line:
    name: str
    band: int | None


LINES = [
    Line("d", Band.FAR_BELOW),
    Line("c", Band.WITHIN),
    Line("b", Band.BELOW),
    Line("e", None),
    Line("a", Band.ABOVE),
    Line("f", Band.FAR_ABOVE),
]


def names(better: Better) -> dict[str, str]:
    return {group.kind: "".join(line.name for line in group.lines) for group in grouped(LINES, better)}


def test_within_the_limits_units_stand_by_name() -> None:
    assert names(Better.HIGHER) == {"good": "f", "look": "d", "within": "abc", "no_data": "e"}


def test_where_lower_is_better_the_sides_change() -> None:
    assert names(Better.LOWER) == {"good": "d", "look": "f", "within": "abc", "no_data": "e"}


def test_an_index_without_direction_only_says_that_they_differ() -> None:
    assert names(Better.NEITHER) == {"different": "df", "within": "abc", "no_data": "e"}
