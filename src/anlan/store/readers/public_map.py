"""Counts and places of public cases for a map; the same cases, and so the same numbers, as the list.

Of the whole city and of counties it reads kept counts, and what changed since (PublicCountChange): by cell
(PublicCellCount), by cell and month (PublicCount), by months (PublicMonthCount). All else is counted where it
lies: an area below a county, a site, and what is in view near in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from anlan.publishing.map_views import MOST_PLACES, View, bounded, cells_in_view
from anlan.publishing.places import FINEST
from anlan.publishing.terms import PublicState
from anlan.store.models import PublicCase
from anlan.store.readers.public_cases import LISTED, PublicFilters

BY_CELL = "SELECT {columns} FROM {table} UNION ALL SELECT {columns} FROM store_publiccountchange"
CELLS = BY_CELL.format(columns="cell, county, category, state, n", table="store_publiccellcount")
CELLS_OF_MONTHS = BY_CELL.format(columns="cell, county, category, state, month, n", table="store_publiccount")
MONTHS = BY_CELL.format(
    columns="county, category, state, month, closed_month, n", table="store_publicmonthcount"
)
FINEST_KEPT, FINEST_KEPT_OF_MONTHS = 7, 6
"""Resolutions down to which counts are kept of all times, and of single months."""
KEPT = """
SELECT anlan_cell_parent(cell, %(resolution)s) AS at, sum(n)::bigint FROM ({kept}) counted
WHERE {which} GROUP BY at HAVING sum(n) > 0 ORDER BY at
"""
LIVE = """
SELECT coalesce(anlan_cell_parent(cell, %(resolution)s), 0) AS at, count(*)
FROM store_publiccase WHERE {which} GROUP BY at ORDER BY at
"""
DEEPEST_KEPT = 2
"""Counts are kept down to the county, the second code in an area's path."""


@dataclass(frozen=True)
class InView:
    """Cases by H3 cell; `is_whole` when they are all that the filters mean, those without a place under 0."""

    counts: dict[int, int]
    resolution: int
    is_whole: bool


def counts_in_view(filters: PublicFilters, view: View) -> InView:
    """What a map shows of a view from afar, by at most MOST_CELLS cells; one query."""
    resolution = view.resolution
    if resolution <= FINEST_KEPT and is_kept(filters):
        resolution = min(resolution, finest_kept(filters))
    within = _cells_asked_for(filters, view, resolution)
    counts = counts_by_cell(filters, resolution, within)
    return InView(bounded(counts, resolution), resolution, within is None)


def _cells_asked_for(filters: PublicFilters, view: View, resolution: int) -> list[int] | None:
    """The cells in view where they are asked for one by one; None for all cases that the filters mean."""
    if resolution > FINEST_KEPT:
        return cells_in_view(view, FINEST)
    if resolution > FINEST_KEPT_OF_MONTHS and is_kept(filters):
        return cells_in_view(view, FINEST_KEPT)
    return None


def counts_by_cell(
    filters: PublicFilters, resolution: int, within: Collection[int] | None = None
) -> dict[int, int]:
    """Cases by H3 cell, those of which only the area is known under 0; one query.

    A case shown in a coarser cell than `resolution` counts there. `within` are cells of any resolution: all
    that lie in a view, down to the finest that is shown, or is kept.
    """
    kept = is_kept(filters) and resolution <= finest_kept(filters)
    table = CELLS_OF_MONTHS if _has_months(filters) else CELLS
    which, facts = _conditions(filters, within, kept=kept)
    statement = KEPT.format(kept=table, which=which) if kept else LIVE.format(which=which)
    with connection.cursor() as cursor:
        cursor.execute(statement, facts | {"resolution": resolution})
        return dict(cursor.fetchall())


def count_listed(filters: PublicFilters) -> int:
    """How many cases the filters mean; one query."""
    if not is_kept(filters):
        return PublicCase.objects.filter(filters.which).count()
    which, facts = _conditions(filters, None, kept=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(sum(n), 0)::bigint FROM ({MONTHS}) counted WHERE {which}", facts)
        return int(cursor.fetchone()[0])


def places_in_view(filters: PublicFilters, view: View) -> list[PublicCase] | None:
    """The cases in a view near in, with their categories; None when they are too many. One query."""
    found = PublicCase.objects.filter(filters.which, cell__in=cells_in_view(view, FINEST))
    # in no order: with one, the database may look through all cases to find the first of them
    rows = list(found.select_related("category")[: MOST_PLACES + 1])
    return None if len(rows) > MOST_PLACES else sorted(rows, key=lambda row: row.pk)


def is_kept(filters: PublicFilters) -> bool:
    """Can these filters be answered from kept counts?"""
    return filters.site is None and filters.area_path.count(".") <= DEEPEST_KEPT


def finest_kept(filters: PublicFilters) -> int:
    """The finest resolution at which what these filters mean is kept."""
    return FINEST_KEPT_OF_MONTHS if _has_months(filters) else FINEST_KEPT


def _has_months(filters: PublicFilters) -> bool:
    return (filters.since or filters.until) is not None


def _conditions(
    filters: PublicFilters, within: Collection[int] | None, *, kept: bool
) -> tuple[str, dict[str, Any]]:
    """The filters as SQL over kept counts, or over the cases themselves."""
    found = ["state = ANY(%(states)s)"] + ([] if kept else ["shown"])
    area, category = ("county", "category") if kept else ("area_path", "category_id")
    asked: tuple[tuple[object, str], ...] = (
        (filters.area_path, f"{area} LIKE %(area)s"),
        (filters.categories, f"{category} = ANY(%(categories)s)"),
        (filters.since, "month >= %(since)s"),
        (filters.until, "month <= %(until)s"),
        (filters.site, "site_id = %(site)s"),
        (within, "cell = ANY(%(within)s)"),
    )
    found += [condition for value, condition in asked if value not in (None, "", (), [])]
    facts = {
        "states": sorted(filters.states or LISTED),
        "area": f"{filters.area_path}%",
        "categories": list(filters.categories),
        "since": filters.since,
        "until": filters.until,
        "site": filters.site,
        "within": list(within or ()),
    }
    return " AND ".join(found), facts


OPENED_AND_DONE = """
SELECT at, sum(opened)::bigint, sum(done)::bigint FROM (
    SELECT month AS at, n AS opened, 0 AS done FROM ({counted}) a WHERE month >= %(first)s AND {which}
    UNION ALL
    SELECT closed_month, 0, n FROM ({counted}) b
    WHERE closed_month >= %(first)s AND state = %(done)s AND {which}) months
GROUP BY at
"""
LIVE_MONTHS = "SELECT *, 1 AS n FROM store_publiccase"


def months_of(filters: PublicFilters, first: date) -> dict[date, tuple[int, int]]:
    """How many cases were opened in each month from that of `first` on, and how many were closed; one query.

    Closed are those whose hazard was removed. A month without either may be missing.
    """
    kept = is_kept(filters)
    which, facts = _conditions(filters, None, kept=kept)
    statement = OPENED_AND_DONE.format(counted=MONTHS if kept else LIVE_MONTHS, which=which)
    with connection.cursor() as cursor:
        cursor.execute(statement, facts | {"first": first, "done": PublicState.DONE})
        return {at: (opened, done) for at, opened, done in cursor.fetchall()}
