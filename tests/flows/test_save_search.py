"""Searches under a name: one's own, shared with a unit, in the address as before."""

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.flows.save_search import change_search, delete_search, save_search
from anlan.store.models import SavedSearch
from anlan.store.readers.many import saved_searches
from anlan.store.readers.queue import Filters
from tests.cast import Cast

FILTERS = Filters(view="late", words="护栏", after="2026-11-24T00:00:00+08:00,7,25")


def kept(cast: Cast, name: str = "Railings") -> SavedSearch:
    return save_search(acting_user=cast.alice, name=name, filters=FILTERS)


def names(who: object) -> list[str]:
    return [each.name for each in saved_searches(who)]  # type: ignore[arg-type]


def test_the_filters_are_kept_without_the_page_one_was_on(cast: Cast) -> None:
    assert Filters(**kept(cast).filters) == Filters(view="late", words="护栏")


def test_a_search_is_its_owners_until_it_is_shared_with_the_unit(cast: Cast) -> None:
    search = kept(cast)
    before = [names(who) for who in (cast.alice, cast.erin, cast.bob)]
    change_search(acting_user=cast.alice, search_id=search.pk, name=" Fences ", shared=True)

    assert before == [["Railings"], [], []]
    assert [names(who) for who in (cast.alice, cast.erin, cast.bob)] == [["Fences"], ["Fences"], []]


def test_only_the_owner_changes_or_deletes_a_shared_search(cast: Cast) -> None:
    search = kept(cast)
    change_search(acting_user=cast.alice, search_id=search.pk, name="Railings", shared=True)

    with pytest.raises(NotFound):
        change_search(acting_user=cast.erin, search_id=search.pk, name="Mine", shared=False)
    with pytest.raises(NotFound):
        delete_search(acting_user=cast.erin, search_id=search.pk)
    delete_search(acting_user=cast.alice, search_id=search.pk)
    assert names(cast.alice) == []


def test_a_name_is_needed_and_taken_once(cast: Cast) -> None:
    kept(cast)
    with pytest.raises(Refused, match="search_name_missing"):
        kept(cast, "  ")
    with pytest.raises(Refused, match="search_name_taken"):
        kept(cast)


def test_forty_searches_are_the_most(cast: Cast) -> None:
    for number in range(40):
        kept(cast, f"search {number}")
    with pytest.raises(Refused, match="too_many_searches"):
        kept(cast, "one more")
