"""The worked example of docs/indices.md, counted by the rules themselves."""

import re
from datetime import UTC, datetime
from fractions import Fraction

from anlan.cases.indices import Index, share
from anlan.cases.scored_facts import Handling, Happening, Look, Past, Period, facts_in
from anlan.outcomes.composites import COMPOSITES, compose
from tests.docs.pages import ROOT

WORDS = (ROOT / "docs" / "indices.md").read_text()
UNIT, DESK = "desk.committee.", "desk."
STEPS = {"passed": "pass", "failed": "fail", "returned": "return"}


def november(day: int) -> datetime:
    return datetime(2026, 11, day, 4, tzinfo=UTC)


PERIOD = Period(
    datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 10, tzinfo=UTC)
)


def day_in(cell: str) -> int:
    found = re.search(r"(\d+) Nov", cell)
    assert found is not None
    return int(found[1])


def rows(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called `first`."""
    table = WORDS.split(f"| {first} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def past(cells: list[str]) -> Past:
    """A case of the example."""
    _, sent, due, rectified, check, closed, later = cells
    told = [Happening(november(1), "accept", DESK), Happening(november(day_in(sent)), "dispatch", DESK)]
    ended = None
    if rectified:
        ended = november(day_in(rectified))
        told.append(Happening(ended, "rectify", UNIT))
    told += [
        Happening(november(day_in(cell)), STEPS[cell.split()[0]], DESK) for cell in (check, later) if cell
    ]
    if closed:
        told.append(Happening(november(day_in(closed)), "close", DESK))
    if later.startswith("returned"):
        ended = november(day_in(later))
    turn = Handling(UNIT, november(day_in(sent)), november(day_in(due)), ended)
    looks = [
        Look(november(day_in(cell)), "on_site", STEPS[cell.split()[0]] == "pass")
        for cell in (check, later)
        if cell and cell.split()[0] in ("passed", "failed")
    ]
    return Past(november(1), tuple(sorted(told, key=lambda each: each.at)), (turn,), looks=tuple(looks))


FACTS = [facts for cells in rows("case") if (facts := facts_in(past(cells), PERIOD)) is not None]
FIGURES = {Index(cells[0]): cells[3] for cells in rows("index")}


def test_every_index_is_explained() -> None:
    assert set(FIGURES) == set(Index)


def test_the_figures_of_the_example_are_those_that_the_rules_count() -> None:
    found = {index: share(index, FACTS) for index in Index}

    said = {
        index: f"{each.numerator} / {each.denominator}" if each.denominator else "no data"
        for index, each in found.items()
    }
    assert said == FIGURES


def test_the_composite_of_the_example_is_the_one_in_force() -> None:
    composed = compose(COMPOSITES[-1], {index: share(index, FACTS) for index in Index})
    weights = [Fraction(words) for words in ("0.35", "0.15", "0.25", "0.15", "0.10")]

    assert composed is not None
    assert f"= {100 * composed.value:.1f} %" in WORDS
    assert sorted(COMPOSITES[-1].weights.values()) == sorted(weights)
