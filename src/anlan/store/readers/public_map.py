"""Counts and places of public cases for a map; the same cases, and so the same numbers, as the list.

Of the whole city and of counties, up to resolution 6, it reads kept counts (tables PublicCount and
PublicCountChange); all else is counted where it lies.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from anlan.publishing.map_views import MOST_PLACES
from anlan.store.models import PublicCase
from anlan.store.readers.public_cases import LISTED, PublicFilters

KEPT = """
SELECT anlan_cell_parent(cell, %(resolution)s) AS at, sum(n)::bigint
FROM (SELECT * FROM store_publiccount UNION ALL SELECT * FROM store_publiccountchange) counted
WHERE {which} GROUP BY at HAVING sum(n) > 0 ORDER BY at
"""
LIVE = """
SELECT coalesce(anlan_cell_parent(cell, %(resolution)s), 0) AS at, count(*)
FROM store_publiccase WHERE {which} GROUP BY at ORDER BY at
"""
FINEST_KEPT = 6
DEEPEST_KEPT = 2
"""Counts are kept down to the county, the second code in an area's path."""


def counts_by_cell(
    filters: PublicFilters, resolution: int, within: Collection[int] | None = None
) -> dict[int, int]:
    """Cases by H3 cell, those of which only the area is known under 0; one query.

    A case shown in a coarser cell than `resolution` counts there. `within` are cells of resolution 7.
    """
    kept = resolution <= FINEST_KEPT and within is None and is_kept(filters)
    which, facts = _conditions(filters, within, kept=kept)
    statement = (KEPT if kept else LIVE).format(which=which)
    with connection.cursor() as cursor:
        cursor.execute(statement, facts | {"resolution": resolution})
        return dict(cursor.fetchall())


def count_listed(filters: PublicFilters) -> int:
    """How many cases the filters mean; one query."""
    if is_kept(filters):
        return sum(counts_by_cell(filters, 0).values())
    return PublicCase.objects.filter(filters.which).count()


def places_within(filters: PublicFilters, within: Collection[int]) -> list[PublicCase] | None:
    """The cases in cells of resolution 7, with their categories; None when they are too many. One query."""
    found = list(_placed(filters).filter(cell_7__in=list(within))[: MOST_PLACES + 1])
    return None if len(found) > MOST_PLACES else found


def _placed(filters: PublicFilters) -> QuerySet[PublicCase]:
    return PublicCase.objects.filter(filters.which).select_related("category").order_by("pk")


def is_kept(filters: PublicFilters) -> bool:
    """Can these filters be answered from kept counts?"""
    return filters.site is None and filters.area_path.count(".") <= DEEPEST_KEPT


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
        (within, "cell_7 = ANY(%(within)s)"),
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


@dataclass(frozen=True)
class Figures:
    """What was reported and removed in the last 90 days, and what is open now."""

    since: date
    until: date
    reported: int
    done: int
    open_now: int


FIGURES = """
SELECT count(*) FILTER (WHERE opened_at >= %(since)s), count(*) FILTER (WHERE closed_at >= %(since)s),
    count(*) FILTER (WHERE state IN ('received', 'in_hand'))
FROM store_publiccase WHERE {which}
"""


def figures_of(filters: PublicFilters, today: date) -> Figures:
    """The figures of a place or an area, up to and with `today`; one query."""
    since = today - timedelta(days=89)
    midnight = timezone.make_aware(datetime.combine(since, time.min))  # of the city, not of UTC
    which, facts = _conditions(filters, None, kept=False)
    with connection.cursor() as cursor:
        cursor.execute(FIGURES.format(which=which), facts | {"since": midnight})
        reported, done, open_now = cursor.fetchone()
    return Figures(since, today, reported, done, open_now)
