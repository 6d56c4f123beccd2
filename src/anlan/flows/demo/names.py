"""Made-up names of places, in the manner of the coast of Zhejiang; names repeat, as they do in life."""

from random import Random

CITY = "云汀市"

_COUNTIES = ("望潮县", "青屿县", "澄江区", "海宁门区", "鹤浦市", "松溪县", "沧湾市", "云岭县", "白渚区")
_FIRST = "柳荻沙石前东竹上下渡老梅桃杨松白青黄大小新金银双三长横清龙凤鹤鱼塘溪坑岙屿浦埠洋甸泽岩岭塔桥"
_LAST = "埠花埂桥洋岙溪甸涂头街坑湾浦塘岭屿店园墩渡堰坪坞岗滩港门山田"
TOWNSHIP_KINDS = ("镇", "镇", "镇", "街道", "乡")
VILLAGE_KINDS = ("村", "村", "村", "村", "村", "社区")


def counties() -> tuple[str, ...]:
    """Names of the nine counties."""
    return _COUNTIES


def township(rng: Random, used: set[str]) -> tuple[str, str]:
    """Name and kind of a township whose name is not in `used` yet; it is added."""
    while True:
        kind = rng.choice(TOWNSHIP_KINDS)
        stem = rng.choice(_FIRST) + rng.choice(_LAST)
        if stem not in used and stem[0] != stem[1]:
            used.add(stem)
            return stem + kind, kind


def village(rng: Random) -> tuple[str, str]:
    """Name and kind of a village; it may be that of another."""
    kind = rng.choice(VILLAGE_KINDS)
    while True:
        stem = rng.choice(_FIRST) + rng.choice(_LAST)
        if stem[0] != stem[1]:
            return stem + kind, kind
