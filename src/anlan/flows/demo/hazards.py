"""The made-up city's kinds of hazards, and what people say of them."""

from dataclasses import dataclass

from anlan.cases.terms import Severity
from anlan.places.terms import Level, SiteKind
from anlan.staff.terms import UnitKind


@dataclass(frozen=True)
class Kind:
    """A category with who is responsible, how long they have, how often it comes, and what is said of it."""

    code: str
    zh: str
    en: str
    icon: str = ""
    unit_kind: UnitKind = UnitKind.VILLAGE_COMMITTEE
    unit_level: Level = Level.VILLAGE
    severity: Severity = Severity.MODERATE
    handle_hours: int = 120
    weight: float = 1.0
    summer: float = 1.0  # how much more often in July than in January
    site: SiteKind | None = None
    said: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    closes_when: str = ""


OFFICE = (UnitKind.TOWNSHIP_OFFICE, Level.TOWNSHIP)
POST = (UnitKind.POST, Level.TOWNSHIP)

FAMILIES: tuple[tuple[Kind, tuple[Kind, ...]], ...] = (
    (
        Kind("fire", "消防隐患", "Fire", "fire"),
        (
            Kind(
                "fire-exit",
                "通道堵塞",
                "Blocked exit",
                severity=Severity.SERIOUS,
                weight=3,
                summer=0.8,
                said=(
                    "一楼通道停满电动车，人都走不过去",
                    "安全出口用铁链锁着",
                    "楼道里堆了纸箱和旧家具，挡住防火门",
                    "消防车通道画了停车位",
                ),
                done=("已清走杂物，通道恢复畅通", "拆除锁具，张贴禁停标识"),
                closes_when="通道净宽恢复，出口可以从里面打开",
            ),
            Kind(
                "fire-hydrant",
                "消防水源",
                "Fire water",
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=1,
                said=("消火栓打不出水", "消火栓被三轮车撞歪了", "消防水池盖板缺了一块"),
                done=("更换阀门，出水压力正常", "校正栓体，补装防撞桩"),
                closes_when="出水压力达到要求",
            ),
            Kind(
                "fire-shop",
                "沿街店铺",
                "Shops with lodging",
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=2,
                site=SiteKind.SHOP,
                said=("店铺楼上住人，只有一个出口", "小作坊里煤气罐和油漆放在一起", "店里没有灭火器"),
                done=("住人搬离，隔断拆除", "加装喷淋和灭火器"),
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
                weight=3,
                summer=1.3,
                site=SiteKind.CHARGING_SHED,
                said=("飞线充电，电线从三楼拉到一楼", "充电棚里线头外露", "楼道里有人给电瓶充电"),
                done=("拆除飞线，引导到充电棚", "更换插座，加装断电保护"),
                closes_when="没有飞线，充电点有断电保护",
            ),
            Kind(
                "electric-box",
                "配电设施",
                "Power boxes",
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=1,
                summer=1.6,
                said=("配电箱没有门，小孩够得着", "电线杆倾斜，快碰到屋檐", "变压器旁边堆柴"),
                done=("补装箱门并上锁", "扶正电杆，清走可燃物"),
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
                weight=2.5,
                summer=3.0,
                site=SiteKind.POND,
                said=(
                    "村口水塘靠路一侧的护栏断了约 3 米，孩子放学都从这里走",
                    "埠头台阶缺 2 级，没有警示",
                    "塘边护栏松动，一推就晃",
                    "河边步道夜里没有灯，也没有护栏",
                ),
                done=("补装护栏 3 米，立警示牌", "重做台阶并加扶手", "立柱重做混凝土基础，推拉不晃"),
                closes_when="护栏连续、推拉不晃，警示牌在位",
            ),
            Kind(
                "water-gear",
                "救生设施",
                "Rescue gear",
                weight=1,
                summer=2.5,
                site=SiteKind.POND,
                said=("救生圈不见了", "救生绳烂了", "水边没有救生竿"),
                done=("补放救生圈和救生绳", "更换救生竿"),
                closes_when="救生圈、救生绳、救生竿齐全",
            ),
        ),
    ),
    (
        Kind("road", "道路交通", "Roads", "road"),
        (
            Kind(
                "road-surface",
                "路面设施",
                "Road surface",
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=4,
                said=(
                    "小学东侧路口减速带破损",
                    "村道塌了半边，只剩一车宽",
                    "窨井盖缺失",
                    "弯道广角镜碎了",
                    "road sign has fallen at the bend",
                ),
                done=("修补路面，恢复减速带", "补装井盖", "更换广角镜"),
                closes_when="路面平整，设施齐全",
            ),
            Kind(
                "road-light",
                "照明",
                "Lighting",
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=2,
                summer=0.6,
                said=("桥头路灯连续 3 盏不亮", "学校门口路灯不亮，傍晚很暗"),
                done=("更换灯具，已试亮",),
            ),
            Kind(
                "road-junction",
                "路口隐患",
                "Junctions",
                unit_kind=POST[0],
                unit_level=POST[1],
                severity=Severity.SERIOUS,
                weight=2,
                said=("路口绿化带太高，看不见来车", "村口直接上国道，没有减速措施", "斑马线磨没了"),
                done=("修剪绿化，补划标线", "加装减速带和警示灯"),
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
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                severity=Severity.SERIOUS,
                weight=1.5,
                handle_hours=240,
                said=("老宅外墙开裂，砖头往下掉", "阳台下沉，裂缝有一指宽"),
                done=("住人撤离，围栏封闭，已委托鉴定", "加固墙体，拆除危险部分"),
            ),
            Kind(
                "building-site",
                "工地防护",
                "Building sites",
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=1.5,
                said=("工地围挡倒了一段", "脚手架没有安全网", "基坑边没有护栏"),
                done=("恢复围挡", "补挂安全网，基坑加护栏"),
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
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=1.5,
                said=("车棚门锁坏了，这个月丢了两辆电动车", "地下车库没有灯", "小区后门常开"),
                done=("更换门锁，加装照明", "修好后门闭门器"),
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
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                severity=Severity.SEVERE,
                handle_hours=48,
                weight=1.2,
                summer=0.7,
                said=("小饭店软管老化，闻得到煤气味", "煤气瓶放在地下室", "没有装燃气报警器"),
                done=("更换金属软管和减压阀", "气瓶移出地下室，装报警器"),
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
                unit_kind=OFFICE[0],
                unit_level=OFFICE[1],
                weight=1,
                said=("公园秋千链条快断了", "树枝断了挂在电线上", "广告牌松动，风一吹就响"),
                done=("已拆除更换", "已修剪清理"),
            ),
        ),
    ),
)

KINDS: tuple[Kind, ...] = tuple(kind for _, kinds in FAMILIES for kind in kinds)
"""The kinds that cases have."""
