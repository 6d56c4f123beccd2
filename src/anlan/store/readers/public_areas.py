"""Areas, kinds and sites as the public names them: no list of these is a secret."""

from dataclasses import dataclass

from anlan.base.errors import NotFound
from anlan.places.terms import Level
from anlan.publishing.terms import PlaceRule
from anlan.store.models import Area, Category, Site

MOST = 30


@dataclass(frozen=True)
class PublicArea:
    """An area with those above it, the nearest last."""

    code: str
    name: str
    level: str
    path: str
    above: tuple[tuple[str, str], ...]
    """Code and name, from the top."""


def area_with(code: str) -> PublicArea:
    """An area of today by its code. Two queries. Raises NotFound."""
    area = Area.objects.filter(code=code, in_use=True).only("code", "name", "level", "path").first()
    if area is None:
        raise NotFound
    codes = area.path.rstrip(".").split(".")[:-1]
    above = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return PublicArea(
        area.code,
        area.name,
        area.level,
        area.path,
        tuple((each, above[each]) for each in codes if each in above),
    )


def areas_named(words: str) -> list[tuple[str, str, str]]:
    """Code, name and the name above, of areas whose name holds these words, larger ones first. One query."""
    found = Area.objects.filter(in_use=True, name__icontains=words).order_by("path")
    rows = list(found.values_list("code", "name", "level", "parent__name")[: MOST * 3])
    rows.sort(key=lambda row: list(Level).index(Level(row[2])))
    return [(code, name, above or "") for code, name, _level, above in rows[:MOST]]


def areas_below(code: str) -> list[tuple[str, str]]:
    """Code and name of the areas right below one; of counties for "". One query."""
    found = Area.objects.filter(in_use=True)
    found = found.filter(parent__code=code) if code else found.filter(level=Level.COUNTY)
    return list(found.order_by("code").values_list("code", "name"))


@dataclass(frozen=True)
class PublicKind:
    """A category in use, with the ids of all that belong to it."""

    code: str
    name_zh: str
    name_en: str
    family: str
    """The code of its family; "" for a family."""
    ids: tuple[int, ...]


def public_kinds() -> list[PublicKind]:
    """Families and the categories below them, without those that are never shown. One query."""
    rows = list(
        Category.objects.filter(active=True)
        .exclude(public_place=PlaceRule.NEVER)
        .order_by("order", "code")
        .values_list("pk", "code", "name_zh", "name_en", "parent_id")
    )
    families = [row for row in rows if row[4] is None]
    found = []
    for pk, code, zh, en, _none in families:
        members = [row for row in rows if row[4] == pk]
        found.append(PublicKind(code, zh, en, "", (pk, *(row[0] for row in members))))
        found += [PublicKind(row[1], row[2], row[3], code, (row[0],)) for row in members]
    return found


def site_with(code: str) -> Site:
    """A site in use with its area. One query. Raises NotFound."""
    site = Site.objects.filter(code=code, in_use=True).select_related("area").defer("area__boundary").first()
    if site is None:
        raise NotFound
    return site


def extent_of(code: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of an area's boundary, or of the nearest above that has one; two queries."""
    area = Area.objects.filter(code=code).values_list("path", flat=True).first()
    if area is None:
        return None
    codes = area.rstrip(".").split(".")
    drawn = Area.objects.filter(code__in=codes, boundary__isnull=False).order_by("-path").first()
    if drawn is None or drawn.boundary is None:
        return None
    import shapely  # only a process that draws a map needs it

    west, south, east, north = shapely.from_wkb(bytes(drawn.boundary)).bounds
    return west, south, east, north
