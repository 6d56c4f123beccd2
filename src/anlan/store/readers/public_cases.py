"""Questions of the public about cases: all is read from `PublicCase`, nothing else of a case leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from anlan.base.errors import NotFound
from anlan.publishing.progress import PublicStep, public_history
from anlan.publishing.terms import PublicState
from anlan.store.models import CaseEvent, PublicCase

PAGE = 20
type PublicRow = PublicCase
"""A public case, for those who only read it."""
LISTED = frozenset(PublicState) - {PublicState.JOINED}
"""A case that was joined with another is counted and listed as that one."""


@dataclass(frozen=True)
class PublicFilters:
    """Which public cases are meant; what is empty does not filter."""

    area_path: str = ""
    categories: Collection[int] = ()
    states: Collection[PublicState] = ()
    since: date | None = None
    """First day of the first month in which a case was opened."""
    until: date | None = None
    """First day of the last one."""
    site: int | None = None

    @property
    def which(self) -> Q:
        """As a condition on `PublicCase`."""
        found = Q(shown=True, state__in=sorted(self.states or LISTED))
        if self.area_path:
            found &= Q(area_path__startswith=self.area_path)
        if self.categories:
            found &= Q(category__in=list(self.categories))
        if self.since:
            found &= Q(month__gte=self.since)
        if self.until:
            found &= Q(month__lte=self.until)
        if self.site is not None:
            found &= Q(site=self.site)
        return found


def public_case(pk: int) -> PublicCase:
    """One case with category, area, site, and its own row for the state. One query. Raises NotFound."""
    shown = public_rows().filter(pk=pk, shown=True).first()
    if shown is None:
        raise NotFound
    return shown


def public_cases(
    filters: PublicFilters, after: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[PublicCase]:
    """A page of the list, the newest first, `after` a case's (opened_at, id). One query."""
    found = public_rows().filter(filters.which)
    if after is not None:
        at, pk = after
        found = found.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=pk))
    return list(found.order_by("-opened_at", "-pk")[:limit])


def count_public_cases(filters: PublicFilters) -> int:
    """How many cases the filters mean. One query."""
    return PublicCase.objects.filter(filters.which).count()


def public_rows() -> QuerySet[PublicCase]:
    """Public cases with what their pages say of them."""
    return PublicCase.objects.select_related("category__parent", "area__parent", "site", "case").defer(
        "case__words", "area__boundary", "area__parent__boundary"
    )


def recently_changed(filters: PublicFilters, limit: int) -> list[PublicCase]:
    """The cases that changed last. One query."""
    return list(public_rows().filter(filters.which).order_by("-updated_at", "-pk")[:limit])


def public_way(case: PublicCase) -> tuple[PublicStep, ...]:
    """The steps of a case that the public may know: what, when, by what kind of unit. One query."""
    events = CaseEvent.objects.filter(case=case.pk).select_related("actor_unit").order_by("at", "id")
    return public_history(events, received_at=case.opened_at)
