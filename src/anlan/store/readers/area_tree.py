"""Questions about the tree of areas: one area with what lies in it, and areas by name or code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Func, Q, QuerySet, TextField, Value

from anlan.base.errors import NotFound
from anlan.store.models import Area, Case, Site
from anlan.store.models.cases import OPEN
from anlan.store.readers.queue import visible
from anlan.store.readers.sites import visible_sites
from anlan.store.readers.staff import Acting

MOST_FOUND = 50


@dataclass(frozen=True)
class AreaLine:
    """An area, and how many sites and open cases in it this person may see."""

    area: Area
    sites: int
    cases: int


@dataclass(frozen=True)
class AreaPage:
    """One area, what it lies in, what lies in it, what it was before."""

    line: AreaLine
    above: Sequence[Area]
    below: Sequence[AreaLine]
    predecessors: Sequence[Area]


@dataclass(frozen=True)
class FoundAreas:
    """Areas whose name or code fits, from the top down; `total` counts also those that are not shown."""

    lines: Sequence[AreaLine]
    total: int


def area_page(acting: Acting, code: str) -> AreaPage:
    """An area by its code, in eight queries. Raises NotFound."""
    area = Area.objects.defer("boundary").select_related("successor").filter(code=code).first()
    if area is None:
        raise NotFound
    sites = visible_sites(acting).filter(area_path__startswith=area.path)
    cases = visible(acting).filter(OPEN, area_path__startswith=area.path)
    depth = area.path.count(".") + 1
    sites_in, cases_in = _by_code(sites, depth), _by_code(cases, depth)
    below = Area.objects.filter(parent=area, in_use=True).defer("boundary").order_by("code")
    return AreaPage(
        line=AreaLine(area, sites.count(), cases.count()),
        above=_above(area),
        below=[AreaLine(each, sites_in.get(each.code, 0), cases_in.get(each.code, 0)) for each in below],
        predecessors=list(Area.objects.filter(successor=area).defer("boundary").order_by("code")),
    )


def find_areas(acting: Acting, words: str) -> FoundAreas:
    """Areas in use whose name holds `words` or whose code begins with it: at most ten queries.

    Names repeat: what they lie in is part of the answer.
    """
    fits = Area.objects.filter(Q(name__icontains=words) | Q(code__startswith=words), in_use=True)
    found = list(
        fits.select_related("parent__parent")
        .defer("boundary", "parent__boundary", "parent__parent__boundary")
        .order_by("path")[:MOST_FOUND]
    )
    depths = sorted({area.path.count(".") for area in found})
    sites: dict[str, int] = {}
    cases: dict[str, int] = {}
    for depth in depths:
        codes = [area.code for area in found if area.path.count(".") == depth]
        sites |= _by_code(visible_sites(acting), depth, codes)
        cases |= _by_code(visible(acting).filter(OPEN), depth, codes)
    lines = [AreaLine(area, sites.get(area.code, 0), cases.get(area.code, 0)) for area in found]
    return FoundAreas(lines, fits.count())


def _by_code[Row: (Site, Case)](
    rows: QuerySet[Row], depth: int, codes: Sequence[str] | None = None
) -> Mapping[str, int]:
    """How many rows lie in each area of a depth of the tree, by its code."""
    key: Any = Func("area_path", Value("."), Value(depth), function="split_part", output_field=TextField())
    counted = rows.order_by().annotate(key=key)
    if codes is not None:
        counted = counted.filter(key__in=codes)
    return dict(counted.values("key").annotate(n=Count("pk")).values_list("key", "n"))


def _above(area: Area) -> Sequence[Area]:
    codes = area.path.rstrip(".").split(".")[:-1]
    return list(Area.objects.filter(code__in=codes).defer("boundary").order_by("path"))
