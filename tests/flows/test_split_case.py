"""Some reports become a case of their own; splits and joins are undone in the order that keeps everything."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.joining import Cases
from anlan.cases.terms import PhotoStage, State
from anlan.flows.join_cases import join_case, split_case, undo_join, undo_split
from anlan.flows.store_photos import store_photos
from anlan.store.models import Case, CaseJoin, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.pictures import picture
from tests.flows.walks import new, walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=20)


def with_reports(cast: Cast, *words: str) -> Case:
    case = new(cast, NOON, words[0])
    for each in words:
        case.reports.create(
            channel="web", category=case.category, words=each, area=case.area, received_at=NOON
        )
    Case.objects.filter(pk=case.pk).update(report_count=len(words))
    case.refresh_from_db()
    return case


def ids(case: Case) -> list[int]:
    return list(case.reports.order_by("pk").values_list("pk", flat=True))


def split(cast: Cast, case: Case, *reports: int) -> Case:
    case.refresh_from_db()
    return split_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, report_ids=reports
    )


def join(cast: Cast, case: Case, into: Case) -> Case:
    case.refresh_from_db()
    return join_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, into_id=into.pk
    )


def undo(cast: Cast, case: Case, flow: Callable[..., Case] = undo_split) -> Case:
    case.refresh_from_db()
    return flow(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER)


def test_the_chosen_reports_go_with_their_photos_to_a_case_with_its_own_clock(cast: Cast) -> None:
    case = with_reports(cast, "护栏断了", "路灯不亮")
    kept, gone = case.reports.order_by("pk")
    [photo] = store_photos([picture(NOON)], case=case, report=gone, stage=PhotoStage.BEFORE, now=NOON)

    made = split(cast, case, gone.pk)

    case.refresh_from_db()
    photo.refresh_from_db()
    assert (made.title, made.state, made.opened_at, made.report_count) == ("路灯不亮", State.NEW, LATER, 1)
    assert (ids(case), ids(made), case.report_count, photo.case_id) == ([kept.pk], [gone.pk], 1, made.pk)
    assert case.events.latest("id").reason.startswith(made.number)
    assert made.events.latest("id").reason.startswith(case.number)


def test_undone_the_reports_are_back_and_the_new_case_has_ended(cast: Cast) -> None:
    case = with_reports(cast, "护栏断了", "路灯不亮")
    before = ids(case)
    made = split(cast, case, before[1])

    ended = undo(cast, made)

    case.refresh_from_db()
    assert (ids(case), case.report_count) == (before, 2)
    assert (ended.state, ended.merged_into, ended.report_count) == (State.MERGED, case, 0)


def test_once_the_new_case_is_with_a_unit_the_split_stays(cast: Cast) -> None:
    case = with_reports(cast, "护栏断了", "路灯不亮")
    made = split(cast, case, ids(case)[1])
    Case.objects.filter(pk=made.pk).update(state=State.DISPATCHED)

    with pytest.raises(Refused, match="step_not_allowed"):
        undo(cast, made)


def test_of_two_joins_in_a_row_the_later_must_be_undone_first(cast: Cast) -> None:
    a, b, c = (with_reports(cast, word) for word in "甲乙丙")
    own = {case.pk: ids(case) for case in (a, b, c)}
    join(cast, a, b)
    join(cast, b, c)

    with pytest.raises(Refused, match="undo_later_first") as refusal:
        undo(cast, a, undo_join)
    assert refusal.value.facts == {"cases": b.number}
    undo(cast, b, undo_join)
    undo(cast, a, undo_join)
    assert {case.pk: ids(case) for case in (a, b, c)} == own


def test_an_ended_case_is_not_split(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)

    with pytest.raises(Refused, match="split_needs_open_case"):
        split(cast, case, 1)


small = st.integers(0, 5)
orders = st.lists(st.tuples(st.sampled_from(("join", "split", "undo")), small, small, small), max_size=7)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders)
def test_the_store_does_what_the_model_does(cast: Cast, sequence: list[tuple[str, int, int, int]]) -> None:
    made = [with_reports(cast, "甲", "乙"), with_reports(cast, "丙", "丁"), with_reports(cast, "戊")]
    cases = {case.pk: case for case in made}
    model = Cases({pk: frozenset(ids(case)) for pk, case in cases.items()})
    for what, first, second, third in sequence:
        model = _both(cast, cases, model, (what, first, second, third))
        assert stored(cases) == model.reports


def _both(cast: Cast, cases: dict[int, Case], model: Cases, order: tuple[str, int, int, int]) -> Cases:
    """One order to the store; the model follows what the store made, and refuses what it refused."""
    what, first, second, third = order
    here = sorted(set(model.reports) - model.gone)
    source, target = here[first % len(here)], here[second % len(here)]
    chosen = frozenset(r for place, r in enumerate(sorted(model.reports[source])) if (third >> place) & 1)
    if what == "undo":
        return _undone(cast, cases, model, first)
    try:
        if what == "join":
            join(cast, cases[source], cases[target])
            return model.join(CaseJoin.objects.latest("pk").pk, source, target)
        new_case = split(cast, cases[source], *chosen)
    except Refused:
        with pytest.raises(Refused):
            model.join(0, source, target) if what == "join" else model.split(0, source, 0, chosen)
        return model
    cases[new_case.pk] = new_case
    return model.split(CaseJoin.objects.latest("pk").pk, source, new_case.pk, chosen)


def _undone(cast: Cast, cases: dict[int, Case], model: Cases, first: int) -> Cases:
    if not model.moves:
        return model
    move = model.moves[first % len(model.moves)]
    row = CaseJoin.objects.get(pk=move.number)
    try:
        undo(cast, cases[row.joined_id], undo_join if row.kind == "join" else undo_split)
    except Refused:
        with pytest.raises(Refused):
            model.undo(move.number)
        return model
    return model.undo(move.number)


def stored(cases: dict[int, Case]) -> dict[int, frozenset[int]]:
    """Which reports each case has, but for the cases of splits that were undone."""
    undone = set(
        CaseJoin.objects.filter(kind="split").exclude(undone_at=None).values_list("joined", flat=True)
    )
    held = {pk: frozenset[int]() for pk in cases if pk not in undone}
    for report, case in Report.objects.filter(case__in=cases).values_list("pk", "case"):
        held[case] |= {report}
    return held
