"""What the public may see of a case follows the case."""

import pytest
from django.db import IntegrityError

from anlan.base.errors import NotFound
from anlan.cases.terms import Severity, State
from anlan.flows.moderate import clear_words
from anlan.flows.publish_cases import publish
from anlan.flows.triage_case import accept_case
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.models import Case, Category, PublicCase
from anlan.store.readers.public_cases import PublicFilters, count_public_cases, public_case, public_cases
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to


@pytest.mark.parametrize(
    ("state", "public"),
    [
        (State.NEW, PublicState.RECEIVED),
        (State.DISPATCHED, PublicState.IN_HAND),
        (State.CLOSED, PublicState.DONE),
    ],
)
def test_the_public_state_follows_every_step(cast: Cast, state: State, public: PublicState) -> None:
    case = walked_to(state, cast, NOON)

    shown = public_case(case.pk)

    assert (shown.state, shown.closed_at) == (public, case.closed_at)


def test_no_words_and_no_address_are_public_before_a_person_cleared_them(cast: Cast) -> None:
    shown = public_case(new(cast, NOON).pk)

    assert (shown.words, shown.address) == ("", "")


def test_a_place_near_homes_is_a_cell_and_not_the_point(cast: Cast) -> None:
    case = new(cast, NOON)
    Case.objects.filter(pk=case.pk).update(lng=121.42, lat=28.66)
    case.refresh_from_db()
    publish(case, NOON)

    shown = public_case(case.pk)

    assert shown.place_rule == PlaceRule.CELL
    assert (shown.lng, shown.lat) != (121.42, 28.66)


def test_a_kind_that_is_never_shown_is_not_there(cast: Cast) -> None:
    cast.open_water.public_place = PlaceRule.NEVER
    case = new(cast, NOON)

    with pytest.raises(NotFound):
        public_case(case.pk)


def test_a_case_that_a_person_hid_stays_hidden_whatever_happens_to_it(cast: Cast) -> None:
    case = new(cast, NOON)
    PublicCase.objects.filter(pk=case.pk).update(shown=False)
    publish(case, NOON)

    assert public_cases(PublicFilters()) == []


def test_the_list_counts_what_it_shows_page_by_page(cast: Cast) -> None:
    made = [new(cast, NOON).pk for _ in range(5)]

    first = public_cases(PublicFilters(), limit=3)
    rest = public_cases(PublicFilters(), after=(first[-1].opened_at, first[-1].pk), limit=3)

    assert [each.pk for each in first + rest] == sorted(made, reverse=True)
    assert count_public_cases(PublicFilters()) == 5
    assert count_public_cases(PublicFilters(area_path=cast.county_2.path)) == 0


def cleared_pond(cast: Cast) -> Case:
    """A case whose place is exact, with its words and its address cleared."""
    Category.objects.filter(pk=cast.open_water.pk).update(public_place=PlaceRule.EXACT)
    case = new(cast, NOON)
    Case.objects.filter(pk=case.pk).update(lng=121.42, lat=28.66, address="荻花村 8 号")
    case = Case.objects.get(pk=case.pk)
    publish(case, NOON)
    clear_words(acting_user=cast.judy, case_id=case.pk, words="8 号门口", with_address=True, now=NOON)
    return case


def test_an_address_and_words_go_when_the_case_becomes_of_a_kind_whose_place_is_not_exact(cast: Cast) -> None:
    case = cleared_pond(cast)
    before = public_case(case.pk)

    accept_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=NOON,
        severity=Severity.MODERATE,
        category_code="charging",
    )

    after = public_case(case.pk)
    assert (before.words, before.address) == ("8 号门口", "荻花村 8 号")
    assert (after.place_rule, after.words, after.address, after.cleared_at) == (PlaceRule.CELL, "", "", None)


def test_an_address_stays_while_the_place_is_exact(cast: Cast) -> None:
    case = cleared_pond(cast)
    publish(case, NOON)

    assert public_case(case.pk).address == "荻花村 8 号"


def test_no_flow_can_store_an_address_of_a_place_that_is_not_exact(cast: Cast) -> None:
    case = new(cast, NOON)

    with pytest.raises(IntegrityError, match="public_address_of_exact_place"):
        PublicCase.objects.filter(pk=case.pk).update(address="荻花村 8 号")
