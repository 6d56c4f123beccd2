"""The SQL for a million cases and the rule for one case say the same, over histories of every kind."""

from collections import defaultdict
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cases.indices import FORMULAS, Guard, Holder, Index, Share, share
from anlan.cases.pairs import met_most
from anlan.cases.satisfaction import Effect
from anlan.cases.scored_facts import (
    DRAWN_AGAIN,
    Answer,
    CaseInPeriod,
    Handling,
    Happening,
    Look,
    Past,
    Period,
    Return,
    facts_in,
)
from anlan.cases.states import STEPS
from anlan.cases.terms import Channel, State, Step, VerificationKind
from anlan.flows.score_month import rolled_up, write_scores
from anlan.flows.score_subjects import subjects
from anlan.outcomes.score_definitions import definitions_for
from anlan.store.models import (
    Case,
    CaseEvent,
    Recurrence,
    Report,
    ResidentAnswer,
    ReturningPlace,
    Score,
    ScoredCase,
    ScoreRun,
    StageClock,
    Verification,
)
from anlan.store.readers.figures import Figure, scored_cases
from anlan.store.readers.staff import Acting
from anlan.store.scored_cases import fill_scored_cases
from anlan.store.scored_pairs import met_again
from tests.cast import Cast, build_cast
from tests.examples import examples
from tests.flows.walks import new

START = datetime(2026, 10, 31, 16, tzinfo=UTC)
END = datetime(2026, 11, 30, 16, tzinfo=UTC)
MONTH = date(2026, 11, 1)
UNITS = ("committee_111", "committee_112", "office_11", "desk_1", "water_bureau_1")
HANDLED = (State.DISPATCHED, State.IN_PROGRESS, State.REWORK)

hours = st.one_of(st.integers(0, 3), st.integers(1, 200))
times = st.integers(-100, 900).map(lambda hours: START + timedelta(hours=hours))


proofs = st.fixed_dictionaries(
    {
        "looks": st.lists(
            st.builds(Look, times, st.sampled_from(VerificationKind), st.booleans()), max_size=2
        ).map(tuple),
        "answers": st.lists(st.builds(Answer, times, st.booleans()), max_size=2).map(tuple),
        "returns": st.lists(st.builds(Return, times, times), max_size=1)
        .flatmap(lambda undone: st.lists(st.builds(Return, times), max_size=1).map(lambda now: undone + now))
        .map(tuple),
    }
)
"""What else is known of a case: verifications, answers, and at most one return that stands."""


@st.composite
def roads(draw: st.DrawFn) -> tuple[Past, list[str]]:
    """A case's past along the table of states, with names of units in its paths, and a few odd facts."""
    at = START - timedelta(hours=draw(st.integers(-700, 400)))
    opened, state, former = at, State.NEW, None
    told, units, turns = [Happening(at, "reported")], [""], []
    for _ in range(draw(st.integers(0, 12))):
        open_steps = [step for origin, step in STEPS if origin is state]
        if not open_steps:
            break
        step = draw(st.sampled_from(open_steps))
        at += timedelta(hours=draw(hours))
        unit = draw(st.sampled_from(UNITS))
        reached = STEPS[state, step] or former
        former = state if reached in (State.PARKED, State.MERGED) else None
        told.append(Happening(at, step, unit, draw(st.booleans()) and step is Step.ACCEPT))
        if draw(st.booleans()):
            told.append(Happening(at, draw(st.sampled_from(DRAWN_AGAIN)), unit))
        was, now = state in HANDLED, reached in HANDLED
        if was and not now and reached is not State.PARKED and turns:
            turns[-1] = replace(turns[-1], ended_at=at)
        if now and not was and state is not State.PARKED:
            turns.append(Handling(unit, at, at + timedelta(hours=draw(hours))))
        if turns and turns[-1].ended_at is None:
            turns[-1] = replace(turns[-1], stopped_at=at if reached is State.PARKED else None)
        state = reached or State.NEW
    return Past(opened, tuple(told), tuple(turns), findable=draw(st.booleans()), **draw(proofs)), units


def store(cast: Cast, past: Past) -> Case:
    """The case with this history, whatever its own columns say."""
    case = new(cast, past.opened_at)
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case,
            at=each.at,
            step=each.step,
            actor_unit=getattr(cast, each.unit_path),
            changes={"category": ["a", "b"]} if each.changed_category else {},
        )
        for each in past.happenings[1:]
    )
    StageClock.objects.filter(case=case).delete()
    StageClock.objects.bulk_create(
        StageClock(
            case=case,
            stage="handle",
            unit_path=getattr(cast, turn.unit_path).path,
            began_at=turn.began_at,
            due_at=turn.due_at,
            ended_at=turn.ended_at,
            paused_at=turn.stopped_at,
        )
        for turn in past.handlings
    )
    if not past.findable:
        Case.objects.filter(pk=case.pk).update(lng=None, lat=None)
    store_proof(cast, case, past)
    return case


def store_proof(cast: Cast, case: Case, past: Past) -> None:
    """The case's verifications, answers and returns."""
    Verification.objects.bulk_create(
        Verification(case=case, kind=look.kind, passed=look.passed, at=look.at, rectified_at=look.at)
        for look in past.looks
    )
    for answer in past.answers:
        report = Report.objects.create(
            case=case, channel=Channel.WEB, category=case.category, area=case.area, received_at=past.opened_at
        )
        ResidentAnswer.objects.create(
            report=report, satisfied=answer.satisfied, at=answer.at, effect=Effect.NOTED
        )
    if not past.returns:
        return
    place = ReturningPlace.objects.create(
        first=case, family=case.category, area=case.area, area_path=case.area_path, returns=1, last_at=START
    )
    Recurrence.objects.bulk_create(
        Recurrence(
            case=case, earlier=case, place=place, metres=0, days=0, at=each.at, undone_at=each.undone_at
        )
        for each in past.returns
    )


def with_paths(cast: Cast, past: Past) -> Past:
    """The same past with the units' paths for their names."""

    def path(name: str) -> str:
        return getattr(cast, name).path if name else ""

    return replace(
        past,
        happenings=tuple(replace(each, unit_path=path(each.unit_path)) for each in past.happenings),
        handlings=tuple(replace(turn, unit_path=path(turn.unit_path)) for turn in past.handlings),
    )


NAMES = [each.name for each in fields(CaseInPeriod) if each.name not in ("left_out", "same_pair")]


@pytest.mark.django_db
def test_the_facts_of_many_cases_are_those_of_each(db: None) -> None:
    cast = build_cast()

    @settings(max_examples=examples(8))
    @given(st.lists(roads(), min_size=1, max_size=6), st.integers(0, 900))
    def holds(found: list[tuple[Past, list[str]]], cut_off_hours: int) -> None:
        with transaction.atomic():
            cut_off = START + timedelta(hours=cut_off_hours)
            cases = {store(cast, past).pk: past for past, _ in found}
            run = ScoreRun.objects.create(month=MONTH, cut_off=cut_off, made_at=cut_off)
            fill_scored_cases(run, START, END)

            period = Period(START, END, cut_off)
            ruled = {pk: facts_in(with_paths(cast, past), period) for pk, past in cases.items()}
            stored = {row["case_id"]: row for row in ScoredCase.objects.values("case_id", *NAMES)}
            assert {pk: {name: row[name] for name in NAMES} for pk, row in stored.items()} == {
                pk: {name: getattr(facts, name) for name in NAMES}
                for pk, facts in ruled.items()
                if facts is not None
            }
            transaction.set_rollback(True)

    holds()


@st.composite
def rows(draw: st.DrawFn) -> dict[str, object]:
    """The facts of a case in a month, its units by name."""
    facts = {each.name: draw(st.booleans()) for each in fields(CaseInPeriod) if each.type in (bool, "bool")}
    holders = {holder: draw(st.sampled_from(["", *UNITS])) for holder in Holder}
    out = draw(st.lists(st.sampled_from([*Index, *Guard]), max_size=1))
    return facts | holders | {"left_out": out}


@pytest.mark.django_db
def test_the_list_behind_every_figure_adds_up_to_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = build_cast()
    cases = [new(cast, START) for _ in range(6)]
    monkeypatch.setattr("anlan.flows.score_subjects.PEOPLE_AT_LEAST", 1)  # posts have figures too

    @settings(max_examples=examples(4))
    @given(st.lists(rows(), min_size=1, max_size=6))
    def holds(found: list[dict[str, object]]) -> None:
        with transaction.atomic():
            run = ScoreRun.objects.create(month=MONTH, cut_off=END, made_at=END)
            ScoredCase.objects.bulk_create(
                ScoredCase(
                    run=run,
                    case=case,
                    area_path=cast.village_111.path,
                    **{name: _path(cast, name, value) for name, value in row.items()},
                )
                for case, row in zip(cases, found, strict=False)
            )
            write_scores(run, definitions_for(MONTH), subjects())

            figures = list(Score.objects.all())
            for score in figures:
                figure = Figure(MONTH, score.index, score.kind, score.code)
                counted = scored_cases(figure).count()
                met, missed = (scored_cases(replace(figure, part=part)).count() for part in ("met", "missed"))
                parts = (score.numerator, score.denominator - score.numerator)
                bare = score.index == Guard.SAME_PEOPLE  # which cases they are, no row says
                assert (counted, met, missed) == (score.denominator, *((0, 0) if bare else parts)), figure
            transaction.set_rollback(True)

    holds()


@pytest.mark.django_db
def test_pairs_of_people_are_counted_as_the_rule_counts_them(db: None) -> None:
    cast = build_cast()
    people = (cast.alice, cast.bob, cast.carol)
    meetings = st.lists(
        st.tuples(
            st.sampled_from(UNITS[:2]),
            st.integers(0, 2),
            st.one_of(st.none(), st.integers(0, 2)),
            st.sampled_from(["village_111", "village_112"]),
        ),
        max_size=14,
    )

    @settings(max_examples=examples(7))
    @given(meetings)
    def holds(found: list[tuple[str, int, int | None, str]]) -> None:
        with transaction.atomic():
            for unit, one, other, area in found:
                store_meeting(cast, unit, people[one], None if other is None else people[other], area)
            run = ScoreRun.objects.create(month=MONTH, cut_off=END, made_at=END)
            fill_scored_cases(run, START, END)

            counted: dict[str, int] = defaultdict(int)
            for (handler, _), times in met_again(run).items():
                counted[handler] += times
            for unit in UNITS[:2]:
                pairs = [(a, b) for who, a, b, _ in found if who == unit and b is not None]
                assert counted[getattr(cast, unit).path] == met_most(pairs)
            transaction.set_rollback(True)

    holds()


def store_meeting(cast: Cast, unit: str, one: Acting, other: Acting | None, area: str) -> None:
    """A case of the unit that `one` rectified and `other` passed; None: a sensor did."""
    case = new(cast, START)
    Case.objects.filter(pk=case.pk).update(area_path=getattr(cast, area).path)
    begun, done, seen = (START + timedelta(hours=hours) for hours in (1, 2, 3))
    CaseEvent.objects.create(case=case, at=begun, step="rectify", actor=cast.liu.user)  # an earlier try
    CaseEvent.objects.create(case=case, at=done, step="rectify", actor=one.user)
    CaseEvent.objects.create(case=case, at=seen, step="pass", actor=other.user if other else None)
    StageClock.objects.create(
        case=case, stage="handle", unit_path=getattr(cast, unit).path, began_at=begun, ended_at=done
    )


def _path(cast: Cast, name: str, value: object) -> object:
    return getattr(cast, str(value)).path if name in set(Holder) and value else value


@given(
    st.dictionaries(
        st.sampled_from(["a.", "a.b.", "a.b.c.", "a.d.", "e."]),
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        max_size=5,
    )
)
def test_a_node_counts_what_lies_below_it(leaves: dict[str, tuple[int, int]]) -> None:
    counts = {(path, "x"): Share(n, n + more) for path, (n, more) in leaves.items()}

    found = rolled_up(counts)

    for (root, _), total in found.items():
        below = [each for (path, _), each in counts.items() if path.startswith(root)]
        assert total == sum(below, Share(0, 0))


def test_formulas_are_counted_alike_in_both_ways() -> None:
    assert {index: share(index, []) for index in FORMULAS} == dict.fromkeys(FORMULAS, Share(0, 0))
