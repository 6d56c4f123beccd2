"""What names or reaches a person, as people write it: numbers, plates, addresses, accounts, in any form."""

from collections.abc import Callable
from datetime import date

from hypothesis import strategies as st
from stdnum import luhn

DIGITS = "0123456789"
SCRIPTS = (
    DIGITS,
    "０１２３４５６７８９",
    "零一二三四五六七八九",
    "〇幺二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
    "٠١٢٣٤٥٦٧٨٩",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
)
GAPS = (
    "",
    " ",
    "  ",
    "   ",
    "-",
    " - ",
    "—",
    ".",
    "·",
    "*",
    ",",
    "，",
    "、",
    "/",
    "_",
    "\u200b",
    "\u2060 ",
    "📞",
    "\n",
)


def digits(size: int) -> st.SearchStrategy[str]:
    """That many digits."""
    return st.text(DIGITS, min_size=size, max_size=size)


def id_number(place: str, born: str, order: str) -> str:
    """A valid number by GB 11643-1999: the last sign is a check (ISO 7064, MOD 11-2)."""
    body = place + born + order
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def id_of_digits(place: str, born: str, order: str) -> str:
    """A valid number that does not end with X: where it would, the next order is taken."""
    found = id_number(place, born, order)
    return found if found.isdigit() else id_number(place, born, f"{order[:-1]}{(int(order[-1]) + 1) % 10}")


def in_groups(number: str, gap: str, sizes: tuple[int, ...]) -> str:
    """The number with `gap` between groups of those sizes; what is over is the last group."""
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return gap.join(part for part in [*parts, number[at:]] if part)


def one_by_one(number: str, gap: str, _sizes: tuple[int, ...]) -> str:
    """The number with `gap` between all its signs."""
    return gap.join(number)


@st.composite
def written(draw: st.DrawFn, numbers: st.SearchStrategy[str], sizes: tuple[int, ...]) -> str:
    """One of `numbers` in any script, with any gap between its groups or its signs."""
    how: Callable[[str, str, tuple[int, ...]], str] = draw(st.sampled_from([in_groups, one_by_one]))
    gaps = draw(st.sampled_from(GAPS))
    script = draw(st.sampled_from(SCRIPTS))
    return how(draw(numbers), gaps, sizes).translate(str.maketrans(DIGITS, script))


BORN = st.dates(date(1930, 1, 1), date(2025, 12, 31)).map(lambda day: f"{day:%Y%m%d}")
PLACES = st.sampled_from(["331081", "110101", "310104", "440305", "650102", "810000"])
IDS = st.builds(id_number, PLACES, BORN, digits(3))
IDS_OF_DIGITS = st.builds(id_of_digits, PLACES, BORN, digits(3))
OLD_IDS = st.builds(lambda place, born, order: place + born[2:] + order, PLACES, BORN, digits(3))
MOBILES = st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), digits(9))
CARDS = st.one_of(
    st.tuples(st.sampled_from(["62", "60", "95"]), digits(16)),
    st.tuples(st.sampled_from(["4", "51", "35"]), digits(14)).map(
        lambda two: (two[0], (two[0] + two[1])[len(two[0]) : 15])
    ),
).map(lambda two: two[0] + two[1] + luhn.calc_check_digit(two[0] + two[1]))
LANDLINES = st.builds(
    lambda area, first, rest: f"{area}{first}{rest}",
    st.sampled_from(["010", "021", "0576", "0571"]),
    st.sampled_from("2345678"),
    digits(7),
)
ABROAD = st.sampled_from(
    [
        "+44 20 7946 0958",
        "(415) 555-2671",
        "415-555-2671",
        "+1 (212) 555-0123",
        "+852 2345 6789",
        "+886-2-2345-6789",
    ]
)
LOCAL = st.builds(lambda first, rest: first + rest, st.sampled_from("345678"), digits(7))

NUMBERS = st.one_of(
    written(IDS, (6, 8, 4)),
    written(OLD_IDS, (6, 6)),
    written(MOBILES, (3, 4, 4)),
    written(MOBILES, (3, 3, 5)),
    written(MOBILES.map(lambda number: "86" + number), (2, 3, 4, 4)),
    written(CARDS, (4, 4, 4, 4)),
    MOBILES.map(lambda number: f"+86 {number}"),
    LANDLINES.map(lambda number: f"({number[:4]}){number[4:]}"),
    LANDLINES.map(lambda number: f"{number[:4]}-{number[4:]}"),
    ABROAD,
)

BODY_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ" + DIGITS * 3
BODIES = st.integers(5, 6).flatmap(lambda size: st.text(BODY_SIGNS, min_size=size, max_size=size))
PLATES = st.one_of(
    st.builds(
        lambda province, letter, gap, body: f"{province}{letter}{gap}{body}",
        st.sampled_from("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"),
        st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
        st.sampled_from(["", "·", " ", "-", "．", "\u200b"]),
        BODIES.filter(lambda body: any(sign.isdigit() for sign in body)),
    ),
    st.sampled_from(
        [
            "粤Z1234港",
            "浙J1234学",
            "浙J1234警",
            "使014578",
            "224578使",
            "沪A0023领",
            "WJ浙12345",
            "WJ 01 12345",
        ]
    ),
    st.sampled_from(["军A12345", "车牌号J12345", "浙j12345", "浙 Ｊ１２３４５", "浙J一二三四五"]),
)

NAMES = st.from_regex(r"[a-z][a-z0-9._\-]{0,12}[a-z0-9]", fullmatch=True)
HOSTS = st.sampled_from(
    ["qq.com", "163.com", "example.com.cn", "例子.中国", "mail.example.org", "xn--fsq.xn--fiqs8s"]
)
EMAILS = st.builds(
    lambda name, at, host: f"{name}{at}{host}",
    NAMES,
    st.sampled_from(["@", "＠", " @ ", "(at)", " [at] ", "（at）", "艾特"]),
    HOSTS,
)
MADE_UP = st.from_regex(r"[a-z][a-z]{1,5}[_\-]?[0-9]{2,8}", fullmatch=True).filter(
    lambda name: len(name) >= 6
)
ACCOUNTS = st.builds(
    lambda label, account: label + account,
    st.sampled_from(
        [
            "微信",
            "微信号：",
            "加微信 ",
            "微信 我的号是",
            "薇信:",
            "VX:",
            "vx_",
            "wx：",
            "WeChat ID: ",
            "加V",
            "QQ ",
            "qq号是",
        ]
    ),
    MADE_UP,
) | st.builds(
    lambda label, number: label + number,
    st.sampled_from(["QQ", "QQ：", "qq号", "扣扣 ", "Q Q：".replace(" ", "")]),
    st.from_regex(r"[1-9][0-9]{4,9}", fullmatch=True),
)

SECRETS = st.one_of(NUMBERS, PLATES, EMAILS, ACCOUNTS)
AROUND = st.sampled_from(
    [
        "",
        "路灯不亮，",
        "请联系",
        "，护栏断了 3 米。",
        "（见照片）",
        "\n",
        "。 ",
        "车 ",
        "tel",
        "8-2-1301 室 ",
        "2026-11-30 ",
        "Call me: ",
    ]
)
AFTER = st.sampled_from(["", "，谢谢", "找我", "。", " ok", "abc", "）", "\n"])
