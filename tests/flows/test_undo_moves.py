"""Joins, splits and undoing, at random: undone, every case stands as before, and nobody loses their news."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import PhotoStage, State
from anlan.flows.case_tasks import give_task
from anlan.flows.handle_case import return_case
from anlan.flows.join_cases import join_case, split_case, undo_join, undo_split
from anlan.flows.store_photos import store_photos
from anlan.store.models import (
    Case,
    CaseEvent,
    CaseJoin,
    CaseTask,
    Contact,
    Extension,
    Follow,
    Photo,
    PublicCase,
    Report,
    ReportAddition,
    StageClock,
)
from anlan.store.readers.following import followers_of
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.pictures import picture
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=8)
STATES = (State.NEW, State.ACCEPTED, State.RETURNED, State.IN_PROGRESS, State.RECTIFIED)
TABLES: tuple[type[Model], ...] = (StageClock, CaseTask, Extension)
"""What hangs on a case besides its reports and their photos."""
GROWS = {"version"}
"""Columns of a case that only ever grow: undoing is a step as well."""


@dataclass
class City:
    """The cases of one sequence, the moves that stand, and what stood before each and with which others."""

    cast: Cast
    cases: list[int]
    made: list[int] = field(default_factory=list)
    before: dict[int, tuple[list[int], dict[int, dict[str, object]]]] = field(default_factory=dict)


def columns(table: type[Model], *without: str) -> list[str]:
    """The names of the columns of a table."""
    return [each.attname for each in table._meta.concrete_fields if each.attname not in without]


def snapshots(case_ids: Iterable[int]) -> dict[int, dict[str, object]]:
    """All that is known of each case, but for its history, which only grows."""
    ids = list(case_ids)
    reports, photos = Report.objects.filter(case__in=ids), Photo.objects.filter(case__in=ids)
    contacts = Contact.objects.filter(report__in=reports)
    additions = ReportAddition.objects.filter(report__in=reports)
    lists = {
        "columns": Case.objects.filter(pk__in=ids).values_list("pk", *columns(Case, *GROWS)),
        "reports": reports.values_list("case", "pk"),
        "contacts": contacts.values_list("report__case", "pk", "erase_after"),
        "additions": additions.values_list("report__case", "pk"),
        "photos": photos.values_list("case", "pk", "report_id"),
        **{
            table.__name__: table._default_manager.filter(case__in=ids).values_list("case", *columns(table))
            for table in TABLES
        },
    }
    found: dict[int, dict[str, Any]] = {
        pk: {"followers": sorted(each.pk for each in followers_of(PublicCase.objects.get(pk=pk)))}
        for pk in ids
    }
    for name, rows in lists.items():
        for case_id, *known in rows.order_by("pk"):
            found[case_id].setdefault(name, []).append(known)
    return found


def with_all(cast: Cast, state: State, words: tuple[str, ...]) -> int:
    """A case in `state` with reports, photos, contacts, an addition, followers and a task."""
    case = walked_to(State.DISPATCHED if state is State.RETURNED else state, cast, NOON)
    for place, each in enumerate(words):
        report = case.reports.create(
            channel="web", category=case.category, words=each, area=case.area, received_at=NOON
        )
        Contact.objects.create(report=report, email=f"{case.pk}-{place}@example.org")
        ReportAddition.objects.create(report=report, words="more", received_at=NOON)
        store_photos(
            [picture(NOON + timedelta(seconds=place))],
            case=case,
            report=report,
            stage=PhotoStage.BEFORE,
            now=NOON,
        )
    Case.objects.filter(pk=case.pk).update(report_count=len(words))
    followed(case, f"{case.pk}@example.org", NOON)
    followed(case, "anna@example.org", NOON)
    if case.unit_id:
        case.refresh_from_db()
        give_task(
            acting_user=cast.carol,
            case_id=case.pk,
            version=case.version,
            now=LATER,
            unit_code="fire-11",
            what="Light",
        )
    if state is State.RETURNED:
        version = Case.objects.get(pk=case.pk).version
        return_case(acting_user=cast.alice, case_id=case.pk, version=version, now=LATER, reason="Not ours")
    return case.pk


def followed(case: Case, address: str, at: datetime) -> Follow:
    return Follow.objects.create(case=case, email=address, made_at=at, confirmed_at=at)


def call(city: City, flow: Callable[..., object], case_id: int, **facts: object) -> object:
    version = Case.objects.values_list("version", flat=True).get(pk=case_id)
    return flow(acting_user=city.cast.carol, case_id=case_id, version=version, now=LATER, **facts)


def _join(city: City, one: int, other: int) -> int:
    call(city, join_case, city.cases[one % len(city.cases)], into_id=city.cases[other % len(city.cases)])
    return CaseJoin.objects.latest("pk").pk


def _split(city: City, one: int, chosen: int) -> int:
    case = city.cases[one % len(city.cases)]
    reports = Report.objects.filter(case=case).order_by("pk").values_list("pk", flat=True)
    picked = [pk for place, pk in enumerate(reports) if (chosen >> place) & 1]
    made = call(city, split_case, case, report_ids=picked)
    city.cases.append(made.pk)  # type: ignore[attr-defined]
    return CaseJoin.objects.latest("pk").pk


def act(city: City, what: str, one: int, other: int) -> None:
    """One order; a refused one changes nothing at all."""
    before = snapshots(city.cases)
    try:
        if what == "undo":
            undo(city, one)
        else:
            move = _join(city, one, other) if what == "join" else _split(city, one, other)
            city.before[move] = ([*city.made], before)
            city.made.append(move)
    except Refused:
        assert snapshots(city.cases) == before


def undo(city: City, which: int) -> None:
    """Take a standing move back: with the same moves standing as before it, everything is as it was."""
    if not city.made:
        return
    move = CaseJoin.objects.get(pk=city.made[which % len(city.made)])
    call(city, undo_join if move.kind == "join" else undo_split, move.joined_id)
    city.made.remove(move.pk)
    standing, before = city.before[move.pk]
    if standing == city.made:
        assert snapshots(before) == before


def check_nobody_is_lost(city: City, followed_cases: dict[int, int]) -> None:
    """Whoever followed the case of a report before all moves hears of the case that holds the report now."""
    for report, case in Report.objects.filter(case__in=city.cases).values_list("pk", "case"):
        if report in followed_cases:
            heard = followers_of(PublicCase.objects.get(pk=case))
            assert followed_cases[report] in {each.pk for each in heard}
            assert [each.email for each in heard].count("anna@example.org") == 1


orders = st.lists(
    st.tuples(st.sampled_from(("join", "split", "undo", "undo")), st.integers(0, 7), st.integers(0, 7)),
    min_size=2,
    max_size=8,
)


def test_undone_in_any_order_everything_stands_as_it_stood(cast: Cast) -> None:
    words = (("甲", "乙"), ("丙",), ("丁", "戊"), ("己",), ("庚",))
    cases = [with_all(cast, state, each) for state, each in zip(STATES, words, strict=True)]
    first = snapshots(cases)
    history = {pk: list(CaseEvent.objects.filter(case=pk).values_list("pk", flat=True)) for pk in cases}
    followed_cases = {
        report: Follow.objects.filter(case=case).order_by("pk").values_list("pk", flat=True)[0]
        for report, case in Report.objects.filter(case__in=cases).values_list("pk", "case")
    }

    @settings(max_examples=examples(8))
    @given(orders)
    def holds(sequence: list[tuple[str, int, int]]) -> None:
        with transaction.atomic():
            city = City(cast, [*cases])
            for order in sequence:
                act(city, *order)
                check_nobody_is_lost(city, followed_cases)
            while city.made:
                undo(city, len(city.made) - 1)

            assert snapshots(first) == first
            for pk, events in history.items():
                kept = list(CaseEvent.objects.filter(case=pk).values_list("pk", flat=True))
                assert kept[: len(events)] == events
            transaction.set_rollback(True)

    holds()


def test_time_that_passed_while_joined_is_given_back(cast: Cast) -> None:
    one, other = (with_all(cast, State.ACCEPTED, ("甲",)) for _ in range(2))
    before, accepted = snapshots([one])[one], Case.objects.get(pk=one)
    assert accepted.due_at is not None
    early = accepted.due_at - timedelta(minutes=30)
    joined = join_case(
        acting_user=cast.carol, case_id=one, version=accepted.version, now=early, into_id=other
    )

    later = early + timedelta(hours=30)
    back = undo_join(acting_user=cast.carol, case_id=one, version=joined.version, now=later)

    assert (back.due_at, back.stage_since) == (
        accepted.due_at + timedelta(hours=30),
        accepted.stage_since + timedelta(hours=30),
    )
    assert snapshots([one])[one]["followers"] == before["followers"]


def test_undoing_a_join_takes_the_right_to_both_cases(cast: Cast) -> None:
    one, other = (with_all(cast, State.NEW, ("甲",)) for _ in range(2))
    joined = join_case(acting_user=cast.liu, case_id=one, version=0, now=LATER, into_id=other)
    Case.objects.filter(pk=other).update(area=cast.village_211, area_path=cast.village_211.path)
    before = snapshots([other])

    with pytest.raises(NotFound):
        undo_join(acting_user=cast.carol, case_id=one, version=joined.version, now=LATER)

    assert snapshots([other]) == before
    undo_join(acting_user=cast.liu, case_id=one, version=joined.version, now=LATER)
