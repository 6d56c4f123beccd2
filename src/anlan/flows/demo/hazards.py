"""How often the made-up city's kinds of hazards come, and what people say of them."""

from dataclasses import dataclass

from anlan.flows.starting_categories import FAMILIES, Kind


@dataclass(frozen=True)
class Tales:
    """How often a kind comes, and what is said of it."""

    said: tuple[str, ...]
    done: tuple[str, ...]
    weight: float = 1.0
    summer: float = 1.0  # how much more often in July than in January


TALES: dict[str, Tales] = {
    "fire-exit": Tales(
        said=(
            "一楼通道停满电动车，人都走不过去",
            "安全出口用铁链锁着",
            "楼道里堆了纸箱和旧家具，挡住防火门",
            "消防车通道画了停车位",
        ),
        done=(
            "已清走杂物，通道恢复畅通",
            "拆除锁具，张贴禁停标识",
        ),
        weight=3,
        summer=0.8,
    ),
    "fire-hydrant": Tales(
        said=(
            "消火栓打不出水",
            "消火栓被三轮车撞歪了",
            "消防水池盖板缺了一块",
        ),
        done=(
            "更换阀门，出水压力正常",
            "校正栓体，补装防撞桩",
        ),
    ),
    "fire-shop": Tales(
        said=(
            "店铺楼上住人，只有一个出口",
            "小作坊里煤气罐和油漆放在一起",
            "店里没有灭火器",
        ),
        done=(
            "住人搬离，隔断拆除",
            "加装喷淋和灭火器",
        ),
        weight=2,
    ),
    "electric-charging": Tales(
        said=(
            "飞线充电，电线从三楼拉到一楼",
            "充电棚里线头外露",
            "楼道里有人给电瓶充电",
        ),
        done=(
            "拆除飞线，引导到充电棚",
            "更换插座，加装断电保护",
        ),
        weight=3,
        summer=1.3,
    ),
    "electric-box": Tales(
        said=(
            "配电箱没有门，小孩够得着",
            "电线杆倾斜，快碰到屋檐",
            "变压器旁边堆柴",
        ),
        done=(
            "补装箱门并上锁",
            "扶正电杆，清走可燃物",
        ),
        summer=1.6,
    ),
    "water-rail": Tales(
        said=(
            "村口水塘靠路一侧的护栏断了约 3 米，孩子放学都从这里走",
            "埠头台阶缺 2 级，没有警示",
            "塘边护栏松动，一推就晃",
            "河边步道夜里没有灯，也没有护栏",
        ),
        done=(
            "补装护栏 3 米，立警示牌",
            "重做台阶并加扶手",
            "立柱重做混凝土基础，推拉不晃",
        ),
        weight=2.5,
        summer=3.0,
    ),
    "water-gear": Tales(
        said=(
            "救生圈不见了",
            "救生绳烂了",
            "水边没有救生竿",
        ),
        done=(
            "补放救生圈和救生绳",
            "更换救生竿",
        ),
        summer=2.5,
    ),
    "road-surface": Tales(
        said=(
            "小学东侧路口减速带破损",
            "村道塌了半边，只剩一车宽",
            "窨井盖缺失",
            "弯道广角镜碎了",
            "road sign has fallen at the bend",
        ),
        done=(
            "修补路面，恢复减速带",
            "补装井盖",
            "更换广角镜",
        ),
        weight=4,
    ),
    "road-light": Tales(
        said=(
            "桥头路灯连续 3 盏不亮",
            "学校门口路灯不亮，傍晚很暗",
        ),
        done=("更换灯具，已试亮",),
        weight=2,
        summer=0.6,
    ),
    "road-junction": Tales(
        said=(
            "路口绿化带太高，看不见来车",
            "村口直接上国道，没有减速措施",
            "斑马线磨没了",
        ),
        done=(
            "修剪绿化，补划标线",
            "加装减速带和警示灯",
        ),
        weight=2,
    ),
    "building-crack": Tales(
        said=(
            "老宅外墙开裂，砖头往下掉",
            "阳台下沉，裂缝有一指宽",
        ),
        done=(
            "住人撤离，围栏封闭，已委托鉴定",
            "加固墙体，拆除危险部分",
        ),
        weight=1.5,
    ),
    "building-site": Tales(
        said=(
            "工地围挡倒了一段",
            "脚手架没有安全网",
            "基坑边没有护栏",
        ),
        done=(
            "恢复围挡",
            "补挂安全网，基坑加护栏",
        ),
        weight=1.5,
    ),
    "theft-place": Tales(
        said=(
            "车棚门锁坏了，这个月丢了两辆电动车",
            "地下车库没有灯",
            "小区后门常开",
        ),
        done=(
            "更换门锁，加装照明",
            "修好后门闭门器",
        ),
        weight=1.5,
    ),
    "gas-bottle": Tales(
        said=(
            "小饭店软管老化，闻得到煤气味",
            "煤气瓶放在地下室",
            "没有装燃气报警器",
        ),
        done=(
            "更换金属软管和减压阀",
            "气瓶移出地下室，装报警器",
        ),
        weight=1.2,
        summer=0.7,
    ),
    "other-place": Tales(
        said=(
            "公园秋千链条快断了",
            "树枝断了挂在电线上",
            "广告牌松动，风一吹就响",
        ),
        done=(
            "已拆除更换",
            "已修剪清理",
        ),
    ),
}
"""By the code of the kind."""

KINDS: tuple[Kind, ...] = tuple(kind for _, kinds in FAMILIES for kind in kinds)
"""The kinds that cases have."""
