"""The kinds of hazards that a city may begin with: who answers, and by when."""

from dataclasses import dataclass
from datetime import datetime

from anlan.cases.terms import Severity
from anlan.flows.staff_history import record
from anlan.places.terms import Level
from anlan.publishing.terms import PlaceRule
from anlan.staff.terms import UnitKind
from anlan.store.models import Category, User


@dataclass(frozen=True)
class Kind:
    """A category with its names, who is responsible, and how long they have."""

    code: str
    zh: str
    en: str
    icon: str = ""
    unit_kind: UnitKind = UnitKind.VILLAGE_COMMITTEE
    unit_level: Level = Level.VILLAGE
    severity: Severity = Severity.MODERATE
    handle_hours: int = 120
    closes_when: str = ""


FAMILIES: tuple[tuple[Kind, tuple[Kind, ...]], ...] = (
    (
        Kind("fire", "消防隐患", "Fire", "fire"),
        (
            Kind(
                "fire-exit",
                "通道堵塞",
                "Blocked exit",
                severity=Severity.SERIOUS,
                closes_when="通道净宽恢复，出口可以从里面打开",
            ),
            Kind(
                "fire-hydrant",
                "消防水源",
                "Fire water",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
                closes_when="出水压力达到要求",
            ),
            Kind(
                "fire-shop",
                "沿街店铺",
                "Shops with lodging",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
            ),
        ),
    ),
    (
        Kind("electric", "电动车、用电", "E-bikes, electricity", "bolt"),
        (
            Kind(
                "electric-charging",
                "电动车充电",
                "E-bike charging",
                severity=Severity.SERIOUS,
                closes_when="没有飞线，充电点有断电保护",
            ),
            Kind(
                "electric-box",
                "配电设施",
                "Power boxes",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
            ),
        ),
    ),
    (
        Kind("water", "水边、溺水", "By the water", "water"),
        (
            Kind(
                "water-rail",
                "临水防护",
                "Edge protection",
                severity=Severity.SERIOUS,
                closes_when="护栏连续、推拉不晃，警示牌在位",
            ),
            Kind("water-gear", "救生设施", "Rescue gear", closes_when="救生圈、救生绳、救生竿齐全"),
        ),
    ),
    (
        Kind("road", "道路交通", "Roads", "road"),
        (
            Kind(
                "road-surface",
                "路面设施",
                "Road surface",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
                closes_when="路面平整，设施齐全",
            ),
            Kind(
                "road-light",
                "照明",
                "Lighting",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
            ),
            Kind(
                "road-junction",
                "路口隐患",
                "Junctions",
                unit_kind=UnitKind.POST,
                unit_level=Level.TOWNSHIP,
                severity=Severity.SERIOUS,
                closes_when="视距达到要求，标线清楚",
            ),
        ),
    ),
    (
        Kind("building", "工地、建筑", "Buildings", "crane"),
        (
            Kind(
                "building-crack",
                "房屋结构",
                "House structure",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
                severity=Severity.SERIOUS,
                handle_hours=240,
            ),
            Kind(
                "building-site",
                "工地防护",
                "Building sites",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
            ),
        ),
    ),
    (
        Kind("theft", "防盗、防骗", "Theft and fraud", "lock"),
        (
            Kind(
                "theft-place",
                "偷盗易发处",
                "Where things get stolen",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
            ),
        ),
    ),
    (
        Kind("gas", "燃气", "Gas", "gas"),
        (
            Kind(
                "gas-bottle",
                "瓶装燃气",
                "Bottled gas",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
                severity=Severity.SEVERE,
                handle_hours=48,
                closes_when="软管、减压阀合格，报警器在用",
            ),
        ),
    ),
    (
        Kind("other", "其他", "Other", "more"),
        (
            Kind(
                "other-place",
                "其他地点隐患",
                "Other places",
                unit_kind=UnitKind.TOWNSHIP_OFFICE,
                unit_level=Level.TOWNSHIP,
            ),
        ),
    ),
)

IN_THE_OPEN = frozenset({"water", "road"})
"""Families of hazards that nobody lives at: their places may be shown exactly."""


def store_starting_categories() -> dict[str, Category]:
    """Store all of them; the categories by their codes."""
    stored: dict[str, Category] = {}
    for order, (family, kinds) in enumerate(FAMILIES):
        stored[family.code] = _category(family, order, None)
        for place, kind in enumerate(kinds):
            stored[kind.code] = _category(kind, place, stored[family.code])
    return stored


def begin_with_list(user: User, now: datetime) -> None:
    """Store all of them, and write down that the user did."""
    for code, category in store_starting_categories().items():
        record(user, "added", f"category:{code}", {"name_zh": (None, category.name_zh)}, now)


def _category(kind: Kind, order: int, parent: Category | None) -> Category:
    return Category.objects.create(
        code=kind.code,
        parent=parent,
        name_zh=kind.zh,
        name_en=kind.en,
        icon=kind.icon,
        order=order,
        severity=kind.severity,
        unit_kind=kind.unit_kind,
        unit_level=kind.unit_level,
        closes_when=kind.closes_when,
        accept_hours=1 if parent is None else 2,
        dispatch_hours=4,
        handle_hours=kind.handle_hours,
        verify_hours=48,
        public_place=PlaceRule.EXACT if kind.code.split("-")[0] in IN_THE_OPEN else PlaceRule.CELL,
    )
