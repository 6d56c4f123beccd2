"""The cast of all tests: a small made-up city and the people who act in it.

    澜川市 (the city) > two counties > two townships each > two villages each, no real codes;
    a desk at the city and at each county, below it offices, committees, a fire post and a water bureau.

Every person is an `Acting`: ready for flows and readers, with `person.user` for a browser's login.
"""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, fields

import pytest
from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery

from anlan.places.terms import Level, SiteKind
from anlan.staff.terms import Role, UnitKind
from anlan.store.models import Area, Category, Membership, Site, Unit, User
from anlan.store.readers.staff import Acting, acting_for


@dataclass(frozen=True)
class Cast:
    """Who and what the tests speak of. Numbers say where: village_112 is the second of township_11."""

    city: Area
    county_1: Area
    county_2: Area
    township_11: Area
    township_12: Area
    township_21: Area
    township_22: Area
    village_111: Area
    village_112: Area
    village_121: Area
    village_122: Area
    village_211: Area
    village_212: Area
    village_221: Area
    village_222: Area

    city_desk: Unit
    desk_1: Unit
    desk_2: Unit
    water_bureau_1: Unit
    office_11: Unit
    office_12: Unit
    office_21: Unit
    office_22: Unit
    fire_post_11: Unit
    committee_111: Unit
    committee_112: Unit
    committee_121: Unit
    committee_122: Unit
    committee_211: Unit
    committee_212: Unit
    committee_221: Unit
    committee_222: Unit

    water: Category
    fire: Category
    road: Category
    open_water: Category
    rescue_gear: Category
    stairwell: Category
    charging: Category
    junction: Category

    pond_111: Site
    school_211: Site

    alice: Acting
    """Handler of the committee of village_111."""
    bob: Acting
    """Verifier at the water bureau of county_1."""
    carol: Acting
    """Dispatcher of county_1."""
    dan: Acting
    """Dispatcher of county_2."""
    erin: Acting
    """Handler of the same committee as Alice."""
    frank: Acting
    """Auditor of the city."""
    grace: Acting
    """Administrator of the city."""
    heidi: Acting
    """Analyst of the city."""
    ivan: Acting
    """Dispatcher of township_11."""
    judy: Acting
    """At the reporter desk of county_1."""
    ken: Acting
    """Field worker of township_11's fire post."""
    liu: Acting
    """Dispatcher of the city."""
    mia: Acting
    """Administrator of county_1."""
    nobody: Acting
    """Has an account and no role."""


AREAS = {
    "city": ("990100", "澜川市", Level.CITY, "市", None),
    "county_1": ("990101", "望潮县", Level.COUNTY, "县", "city"),
    "county_2": ("990102", "青屿县", Level.COUNTY, "县", "city"),
    "township_11": ("990101001", "柳埠镇", Level.TOWNSHIP, "镇", "county_1"),
    "township_12": ("990101002", "鹤溪乡", Level.TOWNSHIP, "乡", "county_1"),
    "township_21": ("990102001", "石浦街道", Level.TOWNSHIP, "街道", "county_2"),
    "township_22": ("990102002", "云岙镇", Level.TOWNSHIP, "镇", "county_2"),
    "village_111": ("990101001201", "荻花村", Level.VILLAGE, "村", "township_11"),
    "village_112": ("990101001202", "渡头村", Level.VILLAGE, "村", "township_11"),
    "village_121": ("990101002201", "沙埂村", Level.VILLAGE, "村", "township_12"),
    "village_122": ("990101002202", "上坪村", Level.VILLAGE, "村", "township_12"),
    "village_211": ("990102001001", "老街社区", Level.VILLAGE, "社区", "township_21"),
    "village_212": ("990102001002", "渔港社区", Level.VILLAGE, "社区", "township_21"),
    "village_221": ("990102002201", "渡头村", Level.VILLAGE, "村", "township_22"),  # names repeat
    "village_222": ("990102002202", "梅坑村", Level.VILLAGE, "村", "township_22"),
}
"""Name in the cast: code, name, level, kind, parent."""

UNITS = {
    "city_desk": ("desk", "市指挥中心", UnitKind.DESK, None, "city"),
    "desk_1": ("desk-1", "望潮县指挥中心", UnitKind.DESK, "city_desk", "county_1"),
    "desk_2": ("desk-2", "青屿县指挥中心", UnitKind.DESK, "city_desk", "county_2"),
    "water_bureau_1": ("water-1", "望潮县水利局", UnitKind.AGENCY, "desk_1", "county_1"),
    "office_11": ("office-11", "柳埠镇人民政府", UnitKind.TOWNSHIP_OFFICE, "desk_1", "township_11"),
    "office_12": ("office-12", "鹤溪乡人民政府", UnitKind.TOWNSHIP_OFFICE, "desk_1", "township_12"),
    "office_21": ("office-21", "石浦街道办事处", UnitKind.TOWNSHIP_OFFICE, "desk_2", "township_21"),
    "office_22": ("office-22", "云岙镇人民政府", UnitKind.TOWNSHIP_OFFICE, "desk_2", "township_22"),
    "fire_post_11": ("fire-11", "柳埠镇消防站", UnitKind.POST, "office_11", "township_11"),
    "committee_111": (
        "committee-111",
        "荻花村村委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_11",
        "village_111",
    ),
    "committee_112": (
        "committee-112",
        "渡头村村委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_11",
        "village_112",
    ),
    "committee_121": (
        "committee-121",
        "沙埂村村委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_12",
        "village_121",
    ),
    "committee_122": (
        "committee-122",
        "上坪村村委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_12",
        "village_122",
    ),
    "committee_211": (
        "committee-211",
        "老街社区居委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_21",
        "village_211",
    ),
    "committee_212": (
        "committee-212",
        "渔港社区居委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_21",
        "village_212",
    ),
    "committee_221": (
        "committee-221",
        "渡头村村委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_22",
        "village_221",
    ),
    "committee_222": (
        "committee-222",
        "梅坑村村委会",
        UnitKind.VILLAGE_COMMITTEE,
        "office_22",
        "village_222",
    ),
}
"""Name in the cast: code, name, kind, parent, area."""

CATEGORIES = {
    "water": ("水边", "By the water", UnitKind.VILLAGE_COMMITTEE, Level.VILLAGE, None),
    "fire": ("火灾", "Fire", UnitKind.TOWNSHIP_OFFICE, Level.TOWNSHIP, None),
    "road": ("道路", "Road", UnitKind.TOWNSHIP_OFFICE, Level.TOWNSHIP, None),
    "open_water": ("临水防护", "Unfenced water", UnitKind.VILLAGE_COMMITTEE, Level.VILLAGE, "water"),
    "rescue_gear": ("救生设施", "Rescue gear", UnitKind.AGENCY, Level.COUNTY, "water"),
    "stairwell": ("楼道堆物", "Blocked stairwell", UnitKind.VILLAGE_COMMITTEE, Level.VILLAGE, "fire"),
    "charging": ("违规充电", "Unsafe charging", UnitKind.POST, Level.TOWNSHIP, "fire"),
    "junction": ("路口隐患", "Unsafe junction", UnitKind.TOWNSHIP_OFFICE, Level.TOWNSHIP, "road"),
}
"""Code and name in the cast: names, who is responsible at which level, parent."""

PEOPLE = {
    "alice": (Role.HANDLER, "committee_111", "village_111"),
    "bob": (Role.VERIFIER, "water_bureau_1", "county_1"),
    "carol": (Role.DISPATCHER, "desk_1", "county_1"),
    "dan": (Role.DISPATCHER, "desk_2", "county_2"),
    "erin": (Role.HANDLER, "committee_111", "village_111"),
    "frank": (Role.AUDITOR, "city_desk", "city"),
    "grace": (Role.ADMINISTRATOR, "city_desk", "city"),
    "heidi": (Role.ANALYST, "city_desk", "city"),
    "ivan": (Role.DISPATCHER, "office_11", "township_11"),
    "judy": (Role.REPORTER_DESK, "desk_1", "county_1"),
    "ken": (Role.FIELD_WORKER, "fire_post_11", "township_11"),
    "liu": (Role.DISPATCHER, "city_desk", "city"),
    "mia": (Role.ADMINISTRATOR, "desk_1", "county_1"),
}
"""Name: role, unit, area."""


def build_cast() -> Cast:
    """Store the city, its units, categories, two sites and the people, in an empty database."""
    areas = _areas()
    units = _units(areas)
    return Cast(**areas, **units, **_categories(), **_sites(areas, units), **_people(areas, units))


@pytest.fixture(scope="session")
def kept_cast() -> list[tuple[bytes, str]]:
    """Where a test process keeps the cast that its first test built, and what stores its rows."""
    return []


@pytest.fixture
def cast(db: None, kept_cast: list[tuple[bytes, str]]) -> Cast:
    """The cast, in the test's database: built once by a process, stored again for each further test."""
    if not kept_cast:
        built = build_cast()
        kept_cast.append((pickle.dumps(built), _statements(built)))
        return built
    kept, statements = kept_cast[0]
    with connection.cursor() as cursor:
        cursor.execute(statements)
    cast: Cast = pickle.loads(kept)
    return cast


@pytest.fixture(scope="module")
def cast_of_file(kept_rows: None) -> bytes:
    """The cast, stored once for all tests of a file."""
    cast = build_cast()
    connection.check_constraints()
    return pickle.dumps(cast)


@pytest.fixture
def cast_once(db: None, cast_of_file: bytes) -> Cast:
    """The cast in a file of many tests that all may have it there: what its own fixture `cast` returns."""
    cast: Cast = pickle.loads(cast_of_file)
    return cast


def _statements(cast: Cast) -> str:
    """What stores the rows of the cast once more under the same keys: one question, whatever is asked."""
    things = [getattr(cast, field.name) for field in fields(cast)]
    people = [thing for thing in things if isinstance(thing, Acting)]
    rows: list[Model] = [thing for thing in things if isinstance(thing, Model)]
    rows += [person.user for person in people]
    rows += [each for person in people for each in person.memberships]
    return ";".join(_insert(model, [row for row in rows if type(row) is model]) for model in STORED)


STORED: tuple[type[Model], ...] = (Area, Unit, Category, Site, User, Membership)


def _insert(model: type[Model], rows: list[Model]) -> str:
    query = InsertQuery(model)
    query.insert_values(model._meta.concrete_fields, rows)
    ((words, values),) = query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        return str(cursor.mogrify(words, values))


def _areas() -> dict[str, Area]:
    stored: dict[str, Area] = {}
    for place, (name, (code, said, level, kind, parent)) in enumerate(AREAS.items()):
        above = stored[parent] if parent else None
        stored[name] = Area.objects.create(
            code=code,
            name=said,
            level=level,
            kind=kind,
            parent=above,
            path=f"{above.path if above else ''}{code}.",
            lng=121.2 + place % 4 * 0.05,
            lat=28.5 + place // 4 * 0.05,
            source="made up",
        )
    return stored


def _units(areas: dict[str, Area]) -> dict[str, Unit]:
    stored: dict[str, Unit] = {}
    for name, (code, said, kind, parent, area) in UNITS.items():
        above = stored[parent] if parent else None
        stored[name] = Unit.objects.create(
            code=code,
            name=said,
            kind=kind,
            parent=above,
            path=f"{above.path if above else ''}{code}.",
            area=areas[area],
            area_path=areas[area].path,
        )
    return stored


def _categories() -> dict[str, Category]:
    stored: dict[str, Category] = {}
    for order, (code, (zh, en, kind, level, parent)) in enumerate(CATEGORIES.items()):
        stored[code] = Category.objects.create(
            code=code,
            name_zh=zh,
            name_en=en,
            unit_kind=kind,
            unit_level=level,
            parent=stored[parent] if parent else None,
            order=order,
        )
    return stored


def _sites(areas: dict[str, Area], units: dict[str, Unit]) -> dict[str, Site]:
    pond, school = areas["village_111"], areas["village_211"]
    return {
        "pond_111": Site.objects.create(
            code="pond-111",
            kind=SiteKind.POND,
            name="荻花塘",
            area=pond,
            area_path=pond.path,
            unit=units["committee_111"],
            unit_path=units["committee_111"].path,
            lng=121.2401,
            lat=28.6002,
        ),
        "school_211": Site.objects.create(
            code="school-211", kind=SiteKind.SCHOOL, name="老街小学", area=school, area_path=school.path
        ),
    }


def _people(areas: dict[str, Area], units: dict[str, Unit]) -> dict[str, Acting]:
    names = [*PEOPLE, "nobody"]
    users = User.objects.bulk_create(User(username=name, email=f"{name}@lanchuan.example") for name in names)
    found = dict(zip(names, users, strict=True))
    Membership.objects.bulk_create(_memberships(found, areas, units))
    return {name: acting_for(user) for name, user in found.items()}


def _memberships(
    users: dict[str, User], areas: dict[str, Area], units: dict[str, Unit]
) -> Iterable[Membership]:
    for name, (role, unit, area) in PEOPLE.items():
        yield Membership(
            user=users[name],
            role=role,
            unit=units[unit],
            unit_path=units[unit].path,
            area=areas[area],
            area_path=areas[area].path,
        )
