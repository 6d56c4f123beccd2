"""The worked example of docs/indices.md, stored as cases and scored by a night like any other."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from anlan.cases.indices import Guard, Index, Share
from anlan.cases.scored_facts import QUICK
from anlan.flows.score_month import score_month, score_months
from anlan.outcomes.composites import COMPOSITES, compose
from anlan.store.models import (
    Case,
    CaseEvent,
    Recurrence,
    Report,
    ResidentAnswer,
    ReturningPlace,
    Score,
    StageClock,
    Unit,
    User,
    Verification,
)
from anlan.store.readers.figures import Figure, scored_cases
from tests.cast import Cast
from tests.docs.pages import ROOT
from tests.flows.walks import new

WORDS = (ROOT / "docs" / "indices.md").read_text()
NOVEMBER = date(2026, 11, 1)
CUT_OFF = datetime(2026, 12, 11, 4, tzinfo=UTC)
COUNTED = re.compile(r"^Counted ([A-K ]+), (?:met ([A-K ]+)|of them (\d+)): \*\*(\d+) / (\d+)\*\*$", re.M)
PLAIN = {
    "parked": "park",
    "returned": "return",
    "rejected": "reject",
    "joined": "merge",
    "parted": "unmerge",
    "redrawn": "drawn_again",
    "cancelled": "cancel",
    "reopened": "reopen",
}
"""What stands under "besides", and the step that it is."""


@dataclass(frozen=True)
class Example:
    """What is said of one index: the cases that count, those that meet it (None: a bare count)."""

    counted: set[str]
    met: set[str] | None
    figure: tuple[int, int]


def sections() -> dict[str, Example]:
    """The example under the heading of each index."""
    found = {}
    for part in re.split(r"^### ", WORDS, flags=re.M)[1:]:
        counted, met, _, n, d = COUNTED.search(part).groups()  # type: ignore[union-attr]
        found[part.split("\n")[0]] = Example(
            set(counted.split()), set(met.split()) if met else None, (int(n), int(d))
        )
    return found


EXAMPLES = sections()


def rows(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called `first`."""
    table = WORDS.split(f"| {first} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table]


def november(words: str, hour: int = 4) -> datetime:
    """The day that the words name; the hour keeps apart what happens on one day."""
    found = re.search(r"(\d+) Nov", words)
    assert found is not None
    return datetime(2026, 11, int(found[1]), hour, tzinfo=UTC)


class Told:
    """A case of the example as the tables hold it."""

    def __init__(self, cast: Cast, cells: list[str]) -> None:
        self.cast = cast
        _, source, reported, self.sent, self.due, self.rectified, self.checks, self.closed, self.besides = (
            cells
        )
        self.case = new(cast, november(reported))
        StageClock.objects.filter(case=self.case).delete()
        Report.objects.create(
            case=self.case,
            channel="field" if source == "field worker" else "web",
            category=self.case.category,
            area=self.case.area,
            received_at=self.case.opened_at,
            typed_by=cast.ken.user if source == "field worker" else None,
        )
        self.ended: datetime | None = None
        self.stopped: datetime | None = None
        if "rejected" not in self.besides:
            self.event("accept", november(reported))
        if self.sent:
            self.event("dispatch", november(self.sent))
        self._work()
        for words in filter(None, self.besides.split("; ")):
            self._besides(words)
        if self.sent:
            self._turn()

    def event(self, step: str, at: datetime, who: User | None = None, unit: Unit | None = None) -> None:
        """One line of history."""
        unit = unit or (self.cast.desk_1 if who is None and step != "pass" else None)
        changes = {"category": ["a", "b"]} if step == "accept" and "other category" in self.besides else {}
        CaseEvent.objects.create(
            case=self.case, step=step, at=at, actor=who, actor_unit=unit, changes=changes
        )

    def _work(self) -> None:
        people = {"p": self.cast.alice.user, "q": self.cast.erin.user}
        if self.rectified:
            self.ended = november(self.rectified)
            self.event("rectify", self.ended, people[self.rectified[-1]], self.cast.committee_111)
        for words in filter(None, self.checks.split("; ")):
            self._check(words)
        if self.closed:
            self.event("close", november(self.closed) + QUICK)

    def _check(self, words: str) -> None:
        at, passed = november(words), words.startswith("passed")
        who = {"v": self.cast.bob.user, "w": self.cast.ken.user}.get(words.split(" by ")[1].split(",")[0])
        unit = self.cast.water_bureau_1 if "water" in words else self.cast.fire_post_11 if who else None
        self.event("pass" if passed else "fail", at, who, unit)
        Verification.objects.create(
            case=self.case, kind="on_site" if who else "resident", passed=passed, at=at, rectified_at=at
        )

    def _besides(self, words: str) -> None:
        what = words.split()[0]
        if what == "answered":
            report = self.case.reports.get()
            at = november(words)
            ResidentAnswer.objects.create(report=report, satisfied="yes" in words, at=at, effect="noted")
        elif what == "found":
            self._found_again(november(words))
        elif what == "no":
            Case.objects.filter(pk=self.case.pk).update(lng=None, lat=None)
        elif what in PLAIN:
            self.event(PLAIN[what], november(words))
            if what in ("returned", "cancelled"):
                self.ended = november(words)
            if what == "joined":
                self.stopped = november(words)
            if what == "parted":
                self.stopped = None

    def _found_again(self, at: datetime) -> None:
        case = self.case
        place = ReturningPlace.objects.create(
            first=case, family=case.category, area=case.area, area_path=case.area_path, returns=1, last_at=at
        )
        Recurrence.objects.create(case=case, earlier=case, place=place, metres=0, days=9, at=at)

    def _turn(self) -> None:
        unit = self.cast.committee_111
        StageClock.objects.create(
            case=self.case,
            stage="handle",
            unit=unit,
            unit_path=unit.path,
            began_at=november(self.sent),
            due_at=november(self.due, 5),
            ended_at=self.ended,
            paused_at=self.stopped,
        )


@pytest.fixture
def letters(cast: Cast) -> dict[int, str]:
    """The cases of the example by their ids, and November scored."""
    found = {Told(cast, cells).case.pk: cells[0] for cells in rows("case")}
    score_month(NOVEMBER, now=CUT_OFF)
    return found


def figure(index: str) -> Figure:
    """The figure of the village, whose cases they all are."""
    return Figure(NOVEMBER, index, "area", "990101001201")


def share_of(index: str, **which: object) -> Share:
    """What is stored of it."""
    row = Score.objects.get(
        run__month=NOVEMBER, kind="area", code="990101001201", index=index, **{"replaced": False} | which
    )
    return Share(row.numerator, row.denominator)


def test_every_index_and_guard_has_a_worked_example() -> None:
    assert set(EXAMPLES) == {*Index, *Guard}


@pytest.mark.django_db
def test_the_examples_are_what_a_night_counts_and_what_the_figures_open(letters: dict[int, str]) -> None:
    def listed(index: str, part: str) -> set[str]:
        cases = scored_cases(replace(figure(index), part=part))
        return {letters[pk] for pk in cases.values_list("case_id", flat=True)}

    found = {
        index: Example(
            listed(index, "counted"),
            listed(index, "met") if example.met is not None else None,
            (share_of(index).numerator, share_of(index).denominator),
        )
        for index, example in EXAMPLES.items()
    }
    assert found == EXAMPLES


@pytest.mark.django_db
def test_the_composite_of_the_example_is_the_one_in_force(letters: dict[int, str]) -> None:
    composed = compose(COMPOSITES[-1], {index: share_of(index) for index in Index})
    weights = [Fraction(words) for words in ("0.35", "0.15", "0.25", "0.15", "0.10")]

    assert composed is not None
    assert f"= {100 * composed.value:.1f} %" in WORDS
    assert sorted(COMPOSITES[-1].weights.values()) == sorted(weights)


@pytest.mark.django_db
def test_the_revision_of_the_example_changes_what_it_says(letters: dict[int, str]) -> None:
    late = next(pk for pk, letter in letters.items() if letter == "K")
    CaseEvent.objects.create(case_id=late, step="reopen", at=CUT_OFF + timedelta(days=1))

    score_months(acting_user=None, now=CUT_OFF + timedelta(days=31))

    for index, first, revised in rows("index"):
        before = share_of(index, replaced=True) if first != revised else share_of(index)
        after = share_of(index)
        assert [f"{each.numerator} / {each.denominator}" for each in (before, after)] == [first, revised]
