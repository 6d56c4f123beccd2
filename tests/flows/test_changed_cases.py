"""A case that was locked for a step writes the columns that the step changed, and no others."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.cases.terms import State
from anlan.store.models import Case
from anlan.store.readers.locked_cases import locked_case
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks


def held(cast: Cast) -> Case:
    """A case with its unit, locked by somebody of that unit."""
    case = locked_case(cast.alice, walks.walked_to(State.DISPATCHED, cast, NOON).pk)
    assert case is not None
    return case


def test_only_what_changed_is_written(cast: Cast) -> None:
    case = held(cast)
    case.version, case.address = case.version + 1, "Mill Lane 3"
    Case.objects.filter(pk=case.pk).update(title="renamed meanwhile")

    case.save_changed()

    row = Case.objects.get(pk=case.pk)
    assert (row.version, row.address, row.title) == (case.version, "Mill Lane 3", "renamed meanwhile")


def test_an_item_that_was_changed_in_its_place_is_written(cast: Cast) -> None:
    case = held(cast)
    case.drawn_verifiers.append(7)
    case.route_reason["rule"] = 14

    case.save_changed()

    row = Case.objects.get(pk=case.pk)
    assert (row.drawn_verifiers, row.route_reason) == (case.drawn_verifiers, case.route_reason)


def test_what_was_written_is_not_written_again(cast: Cast) -> None:
    case = held(cast)
    case.address = "Mill Lane 3"
    case.save_changed()
    case.version += 1

    with CaptureQueriesContext(connection) as asked:
        case.save_changed()

    assert ["address" in query["sql"] for query in asked.captured_queries] == [False]


def test_words_that_were_left_in_the_database_are_written_when_they_are_given(cast: Cast) -> None:
    case = held(cast)
    case.words = "mill lane"  # type: ignore[assignment]

    case.save_changed()

    assert Case.objects.filter(pk=case.pk, words="mill").exists()


def test_a_case_that_was_not_locked_is_written_whole(cast: Cast) -> None:
    case = Case.objects.get(pk=walks.walked_to(State.DISPATCHED, cast, NOON).pk)
    case.address = "Mill Lane 3"

    case.save_changed()

    assert Case.objects.get(pk=case.pk).address == "Mill Lane 3"
