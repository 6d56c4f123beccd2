"""A member keeps the filters of a queue under a name, and may share them with their unit."""

from django.db import IntegrityError, transaction

from anlan.base.errors import NotFound, Refused
from anlan.store.models import SavedSearch
from anlan.store.readers.queue import Filters
from anlan.store.readers.staff import Acting

MOST = 40
"""Searches of one member."""


@transaction.atomic
def save_search(*, acting_user: Acting, name: str, filters: Filters) -> SavedSearch:
    """Keep `filters` under `name`; the page that one was on is not kept.

    Raises Refused("search_name_missing", "search_name_taken", "too_many_searches").
    """
    mine = SavedSearch.objects.filter(user=acting_user.user)
    if mine.count() >= MOST:
        raise Refused("too_many_searches", most=MOST)
    search = SavedSearch(user=acting_user.user, filters=vars(filters) | {"after": ""})
    return _named(search, name)


@transaction.atomic
def change_search(*, acting_user: Acting, search_id: int, name: str, shared: bool) -> SavedSearch:
    """Rename one's own search, and share it with one's unit or with nobody.

    Raises NotFound, Refused("search_name_missing", "search_name_taken").
    """
    search = _own(acting_user, search_id)
    search.unit = acting_user.memberships[0].unit if shared and acting_user.memberships else None
    return _named(search, name)


@transaction.atomic
def delete_search(*, acting_user: Acting, search_id: int) -> None:
    """Forget one's own search. Raises NotFound."""
    _own(acting_user, search_id).delete()


def _own(acting: Acting, search_id: int) -> SavedSearch:
    search = SavedSearch.objects.filter(user=acting.user, pk=search_id).first()
    if search is None:
        raise NotFound
    return search


def _named(search: SavedSearch, name: str) -> SavedSearch:
    search.name = name.strip()[:60]
    if not search.name:
        raise Refused("search_name_missing")
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError:
        raise Refused("search_name_taken", name=search.name) from None
    return search
