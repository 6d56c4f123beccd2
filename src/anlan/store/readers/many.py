"""Work with many cases: what a bulk step will do and did, saved searches, exports. Each a few queries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from anlan.base.errors import NotFound
from anlan.cases.bulk import DONE, WAITING
from anlan.staff.terms import Action
from anlan.store.models import BulkRow, BulkRun, Export, SavedSearch, Unit
from anlan.store.readers.gathered import Gathered, Whole, any_of
from anlan.store.readers.prepared import Given
from anlan.store.readers.staff import Acting, scope_roots

LISTED = 50
MOST_UNITS = 500


@dataclass(frozen=True)
class BulkView:
    """A run with its rows: with something to say first; `counts` by outcome, `able` of those that wait."""

    run: BulkRun
    rows: list[BulkRow]
    counts: Mapping[str, int]
    able: int

    @property
    def total(self) -> int:
        """How many cases the run has."""
        return len(self.rows)

    @property
    def over(self) -> int:
        """How many cases are behind it: done, changed meanwhile or refused."""
        return self.total - self.counts.get(WAITING, 0)


def bulk_view(acting: Acting, run_id: int) -> BulkView:
    """One's own run, in two queries; raises NotFound for that of somebody else."""
    run = BulkRun.objects.filter(pk=run_id, user=acting.user).first()
    if run is None:
        raise NotFound
    rows = list(run.rows.select_related("case", "case__area").defer("case__words", "case__area__boundary"))
    # what went well is the least news
    rows.sort(key=lambda row: (row.outcome == DONE, not row.why and row.outcome == WAITING, row.pk))
    counts = Counter(row.outcome for row in rows)
    return BulkView(run, rows, counts, sum(not row.why for row in rows if row.outcome == WAITING))


def bulk_runs(acting: Acting) -> list[BulkRun]:
    """One's own runs, the newest first."""
    return list(BulkRun.objects.filter(user=acting.user).order_by("-id")[:LISTED])


def units_to_choose(acting: Acting) -> list[tuple[str, str]]:
    """Code and name of the units in whose areas this person dispatches, at most MOST_UNITS."""
    roots = scope_roots(acting, Action.DISPATCH)
    inside = Q(pk__in=())
    for root in roots:
        inside |= Q(area_path__startswith=root)
    units = Unit.objects.filter(inside, active=True).order_by("area_path", "code")
    return list(units.values_list("code", "name")[:MOST_UNITS])


def saved_searches(acting: Acting) -> list[SavedSearch]:
    """One's own searches and those shared with one's units, by name; one query."""
    units = [each.unit_id for each in acting.memberships]
    return list(map(_SEARCH.made, _SEARCHES(user=acting.user.pk, units=units)["searches"]))


_SEARCH = Whole(SavedSearch, unit=Whole(Unit))
_SEARCHES = Gathered(
    searches=lambda: (
        SavedSearch.objects.filter(Q(user_id=Given("user")) | Q(any_of("store_savedsearch.unit_id", "units")))
        .order_by("name", "pk")
        .values_list(*_SEARCH.names())[:LISTED]
    )
)


def search_filters(acting: Acting, search_id: int) -> Mapping[str, Any]:
    """The filters of a search that this person may use; raises NotFound."""
    found = next((each for each in saved_searches(acting) if each.pk == search_id), None)
    if found is None:
        raise NotFound
    filters: Mapping[str, Any] = found.filters
    return filters


def exports_of(acting: Acting) -> list[Export]:
    """One's own exports, the newest first."""
    return list(Export.objects.filter(user=acting.user).order_by("-id")[:LISTED])


def export_to_fetch(acting: Acting, export_id: int) -> Export:
    """One's own export with its file; raises NotFound, also when the right to export ended."""
    export = Export.objects.filter(pk=export_id, user=acting.user, finished_at__isnull=False).first()
    if export is None or not acting.may_somewhere(Action.EXPORT):
        raise NotFound
    return export
