"""Who is named for what, and where nobody is: counts and pages, each one query whatever the size.

For each area of the levels city, county and township and each category somebody is to be named. A unit named
for a family stands for its categories; a unit that no longer acts is nobody. A village is answered for by
those who are named for its township, county and city.
"""

from dataclasses import dataclass

from django.db import connection

from anlan.cases.routing import LEVELS, area_at
from anlan.places.terms import Level
from anlan.staff.terms import Action
from anlan.store.models import Case, Responsibility, Unit
from anlan.store.readers.staff import Acting, scope_roots

NAMED_LEVELS = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
PAGE = 50

PAIRS = """
FROM store_area area
CROSS JOIN store_category category
WHERE area.in_use AND area.level = ANY(%(levels)s) AND area.path ^@ ANY(%(roots)s)
  AND category.active AND category.parent_id IS NOT NULL
"""
NAMED = """
EXISTS (
    SELECT 1 FROM store_responsibility named JOIN store_unit unit ON unit.id = named.unit_id
    WHERE named.area_id = area.id AND named.category_id IN (category.id, category.parent_id) AND unit.active
)
"""


@dataclass(frozen=True)
class LevelCount:
    """How many pairs of area and category of a level there are, and for how many somebody is named."""

    level: str
    pairs: int
    named: int

    @property
    def holes(self) -> int:
        """For how many nobody is."""
        return self.pairs - self.named


@dataclass(frozen=True)
class Hole:
    """An area and a category for which nobody is named."""

    level: str
    area_code: str
    area_name: str
    category_code: str
    name_zh: str
    name_en: str
    cursor: str


@dataclass(frozen=True)
class Wanted:
    """Which holes to show; "" for all."""

    level: str = ""
    area: str = ""
    category: str = ""
    after: str = ""


def level_counts(acting: Acting) -> list[LevelCount]:
    """For each level, from the city down, how much of it is named; only what this person may see."""
    statement = f"SELECT area.level, count(*), count(*) FILTER (WHERE {NAMED}) {PAIRS} GROUP BY area.level"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"levels": list(NAMED_LEVELS), "roots": _roots(acting)})
        found = {level: LevelCount(level, pairs, named) for level, pairs, named in cursor.fetchall()}
    return [found[level] for level in NAMED_LEVELS if level in found]


def holes(acting: Acting, wanted: Wanted) -> tuple[list[Hole], str]:
    """One page of holes by area and category, and the cursor of the next one ("" at the end)."""
    area_path, _, category = wanted.after.partition(",")
    statement = f"""
        SELECT area.level, area.code, area.name, category.code, category.name_zh, category.name_en,
               area.path || ',' || category.code
        {PAIRS} AND NOT {NAMED}
          AND (%(area)s = '' OR area.path ~ ('(^|\\.)' || %(area)s || '\\.'))
          AND (%(category)s = '' OR category.code = %(category)s)
          AND (area.path, category.code) > (%(path)s, %(code)s)
        ORDER BY area.path, category.code LIMIT %(most)s
    """
    facts = {
        "levels": [wanted.level] if wanted.level in NAMED_LEVELS else list(NAMED_LEVELS),
        "roots": _roots(acting),
        "area": wanted.area if wanted.area.isdecimal() else "",
        "category": wanted.category,
        "path": area_path,
        "code": category,
        "most": PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        found = [Hole(*row) for row in cursor.fetchall()]
    return found[:PAGE], found[PAGE - 1].cursor if len(found) > PAGE else ""


def answering(case: Case) -> list[tuple[str, Unit]]:
    """Who is named for a case at township, county and city level, from below; one query.

    A unit named for the category comes before one named for its family.
    """
    codes = {area_at(case.area_path, level): level for level in NAMED_LEVELS}
    categories = [case.category_id, case.category.parent_id]
    rows = Responsibility.objects.filter(
        area__code__in=filter(None, codes), category__in=filter(None, categories), unit__active=True
    ).select_related("area", "unit")
    found: dict[str, Responsibility] = {}
    for row in sorted(rows, key=lambda row: row.category_id == case.category_id):
        found[codes[row.area.code]] = row
    return [(level, found[level].unit) for level in reversed(LEVELS) if level in found]


def _roots(acting: Acting) -> list[str]:
    return scope_roots(acting, Action.VIEW_ROUTING)
