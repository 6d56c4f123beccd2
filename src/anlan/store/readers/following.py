"""Who follows what, and what is due to be told to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from anlan.base.errors import NotFound
from anlan.places.terms import Level
from anlan.store.models import Area, Category, Follow, FollowNews, PublicCase, Site


@dataclass(frozen=True)
class Subject:
    """What somebody follows, as an address names it: one case, cases by place, area and category, or the
    warnings of an area.
    """

    case: int | None = None
    site: str = ""
    area: str = ""
    category: str = ""
    warnings: str = ""  # the code of an area


def subject_followed(follow: Follow) -> Subject:
    """What a follower asked to hear of."""
    site, area, category = follow.site, follow.area, follow.category
    return Subject(
        case=follow.case_id,
        site=site.code if site else "",
        area=area.code if area and not follow.warnings else "",
        warnings=area.code if area and follow.warnings else "",
        category=category.code if category else "",
    )


@dataclass(frozen=True)
class Found:
    """A subject that exists and is public: its columns, and its name in two languages."""

    columns: Mapping[str, Any]
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """What it is called."""
        return self.name_en if language.startswith("en") else self.name_zh


def subject_of(subject: Subject) -> Found:
    """Look a subject up; at most three queries. Raises NotFound for what is not there or not public."""
    if subject.case is not None:
        return _case(subject.case)
    if subject.warnings:
        return _warnings(subject.warnings)
    site = _one(Site.objects.filter(code=subject.site, in_use=True).first(), subject.site)
    area = _one(Area.objects.filter(code=subject.area, in_use=True).defer("boundary").first(), subject.area)
    category = _one(Category.objects.filter(code=subject.category, active=True).first(), subject.category)
    named = [each.name for each in (site, area) if each is not None]
    zh = [*named, category.name_zh] if category else named
    en = [*named, category.name_en] if category else named
    if not zh:
        raise NotFound
    columns = {"case": None, "site": site, "area": area, "category": category, "warnings": False}
    return Found(columns, " · ".join(zh), " · ".join(en))


def _case(pk: int) -> Found:
    shown = PublicCase.objects.filter(pk=pk, shown=True).select_related("category", "area").first()
    if shown is None:
        raise NotFound
    columns = {"case_id": pk, "site": None, "area": None, "category": None, "warnings": False}
    area = shown.area.name
    return Found(columns, f"{shown.category.name_zh} · {area}", f"{shown.category.name_en} · {area}")


def _warnings(code: str) -> Found:
    area = _one(Area.objects.filter(code=code, in_use=True).defer("boundary").first(), code)
    columns = {"case": None, "site": None, "area": area, "category": None, "warnings": True}
    name = area.name if area is not None else ""
    return Found(columns, f"{name} · 预警", f"{name} · warnings")


def areas_to_follow() -> list[tuple[str, str, int]]:
    """Areas whose warnings can be followed: code, name, depth, down to townships; one query."""
    found = Area.objects.filter(in_use=True, level__in=(Level.CITY, Level.COUNTY, Level.TOWNSHIP))
    rows = found.order_by("path").values_list("code", "name", "path")
    return [(code, name, path.count(".") - 1) for code, name, path in rows]


def _one[T](found: T | None, asked: str) -> T | None:
    if asked and found is None:
        raise NotFound
    return found


HEARD_WITH = """
WITH RECURSIVE heard AS (
    SELECT %(case)s::bigint AS case_id, 'infinity'::timestamptz AS until
    UNION
    SELECT e.case_id, CASE WHEN e.divided THEN e.at ELSE h.until END
    FROM heard h CROSS JOIN LATERAL (
        SELECT joined_id AS case_id, at, false AS divided FROM store_casejoin
        WHERE into_id = h.case_id AND kind = 'join' AND undone_at IS NULL
        UNION ALL
        SELECT joined_id, undone_at, false FROM store_casejoin
        WHERE into_id = h.case_id AND kind = 'split' AND undone_at IS NOT NULL
        UNION ALL
        SELECT into_id, at, true FROM store_casejoin
        WHERE joined_id = h.case_id AND kind = 'split' AND undone_at IS NULL
    ) e WHERE e.at <= h.until
)
SELECT f.id FROM store_follow f JOIN heard h ON h.case_id = f.case_id AND f.made_at <= h.until
"""
"""Who follows a case by itself, or one whose reports came to it: all of a joined case (and of a new one whose
split was undone), and of a case that was divided those who followed it before. It is read from the moves that
stand, so that undoing a move needs no more than its own row."""


def followers_of(case: PublicCase) -> list[Follow]:
    """Those who hear of `case`: by itself or one joined to it, its place, area or category; two queries.

    By what the public sees of it alone: of a case that is shown as a cell, nobody hears by its place.
    An address that followed two cases which are one now is in the list once.
    """
    with connection.cursor() as cursor:
        cursor.execute(HEARD_WITH, {"case": case.pk})
        of_one = [pk for (pk,) in cursor.fetchall()]
    above = case.area_path.rstrip(".").split(".")
    of_many = (
        (Q(site=None) | Q(site=case.site_id))
        & (Q(area=None) | Q(area__code__in=above))
        & (Q(category=None) | Q(category=case.category_id) | Q(category__children=case.category_id))
    )
    which = Q(pk__in=of_one) | (Q(case=None, warnings=False) & of_many)
    found = Follow.objects.filter(which, confirmed_at__isnull=False).distinct().order_by("pk")
    return list(_once_each(found, case))


def _once_each(follows: Iterable[Follow], case: PublicCase) -> Iterator[Follow]:
    """Of several rows of one address for cases that are one now, its own for `case`, or the oldest."""
    first: dict[tuple[str, str], Follow] = {}
    for each in follows:
        if each.case_id is None:
            yield each
        elif each.case_id == case.pk or (each.email, each.endpoint) not in first:
            first[each.email, each.endpoint] = each
    yield from first.values()


CLAIM = """
UPDATE store_follownews SET claimed_until = %(until)s
WHERE id IN (
    SELECT news.id FROM store_follownews news
    JOIN store_caseevent event ON event.id = news.event_id
    JOIN store_publiccase shown ON shown.case_id = event.case_id AND shown.shown
    WHERE sent_at IS NULL AND dead_at IS NULL AND send_at <= %(now)s
      AND (claimed_until IS NULL OR claimed_until <= %(now)s)
    ORDER BY send_at, news.id LIMIT %(most)s FOR UPDATE OF news SKIP LOCKED)
RETURNING id
"""
"""Of cases that are shown at this moment: what a person hid since is told to nobody."""

LEASE = timedelta(minutes=5)
"""How long whoever claimed news may take to send them; past this it is taken to have died."""


def claim_news(now: datetime, most: int = 500) -> list[FollowNews]:
    """News that are due, claimed for LEASE, those of one follower together; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "until": now + LEASE, "most": most})
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(
        FollowNews.objects.filter(pk__in=ids)
        .select_related("follow", "event__case__category", "event__case__area")
        .defer("event__case__words", "event__case__area__boundary")
        .order_by("follow_id", "id")
    )
