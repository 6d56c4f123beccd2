"""The made-up city's rules of dispatch, and who is named as responsible for what."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from anlan.cases.rule_tables import kept
from anlan.cases.rules import Rule, Target, Window
from anlan.cases.terms import Severity
from anlan.flows.demo import land
from anlan.flows.demo.people import Staffing
from anlan.places.terms import Level, SiteKind
from anlan.staff.terms import UnitKind
from anlan.store.models import Category, Responsibility, RoutingVersion

COUNTY = Target(level=Level.COUNTY)
OFFICE = Target(kind=UnitKind.TOWNSHIP_OFFICE, level=Level.TOWNSHIP)
POST = Target(kind=UnitKind.POST, level=Level.TOWNSHIP)
COMMITTEE = Target(kind=UnitKind.VILLAGE_COMMITTEE, level=Level.VILLAGE)
NIGHT = Window(frozenset(), 22 * 60, 6 * 60)
GRAVE = (Severity.SERIOUS, Severity.SEVERE)

RULES = (
    Rule(COUNTY, "重大火险由县级消防负责", ("fire",), severities=(Severity.SEVERE,)),
    Rule(COUNTY, "夜间锁闭的安全出口由县级消防处理", ("fire-exit",), window=NIGHT, words=("锁", "铁链")),
    Rule(OFFICE, "学校周边的消防隐患由乡镇处理", ("fire",), site_kinds=(SiteKind.SCHOOL,)),
    Rule(COUNTY, "室外消火栓无水由县级消防处理", ("fire-hydrant",), words=("打不出水", "没有水")),
    Rule(OFFICE, "集中充电棚由乡镇处理", ("electric-charging",), site_kinds=(SiteKind.CHARGING_SHED,)),
    Rule(COUNTY, "严重燃气隐患由县级牵头", ("gas",), severities=GRAVE),
    Rule(COUNTY, "水库、河道护栏由县水利负责", ("water-rail",), words=("水库", "河道", "堤")),
    Rule(COUNTY, "严重临水隐患由县水利负责", ("water",), severities=(Severity.SEVERE,)),
    Rule(COUNTY, "信号灯、国省道由县公路负责", ("road",), words=("信号灯", "红绿灯", "国道", "省道")),
    Rule(OFFICE, "学校路口由乡镇处理", ("road-junction",), words=("学校", "校门")),
    Rule(POST, "路口隐患由两站两员处理", ("road-junction",)),
    Rule(COUNTY, "危房由县级认定", ("building-crack",), severities=GRAVE),
    Rule(OFFICE, "工地由乡镇处理", ("building-site",)),
    Rule(COMMITTEE, "村内照明由村（居）处理", ("road-light",), words=("村口", "老街", "祠堂")),
    Rule(OFFICE, "高发盗窃处由乡镇处理", ("theft",)),
)

AGENCY_OF: Mapping[str, str] = {
    "fire": "fire",
    "electric": "fire",
    "water": "water",
    "road": "traffic",
    "building": "emergency",
    "gas": "emergency",
}
"""The county's agency for a family; for the others nobody is named yet, which the page of holes shows."""


def store_routing(
    root: land.Ground,
    areas: dict[str, int],
    staffing: Staffing,
    categories: dict[str, Category],
    now: datetime,
) -> None:
    """Put the rules in force at `now`, and name who is responsible."""
    RoutingVersion.objects.create(
        number=1,
        rules=[kept(rule) for rule in RULES],
        drafted_at=now,
        in_force_from=now,
        put_in_force_at=now,
    )
    Responsibility.objects.bulk_create(
        Responsibility(area_id=areas[area], category=categories[family], unit_id=unit)
        for area, family, unit in _named(root, staffing)
    )


def _named(root: land.Ground, staffing: Staffing) -> Iterator[tuple[str, str, int]]:
    for family, agency in AGENCY_OF.items():
        yield root.code, family, staffing.units["desk"][0]
        for county in root.below:
            yield county.code, family, staffing.units[f"{agency}-{county.code}"][0]
            for township in county.below:
                yield township.code, family, staffing.offices[township.code][0]
