"""What reaches a person is found wherever it stands; what does not is left alone."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from anlan.publishing.redaction import COVER, Kind, covered, spans_in

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
SPOKEN = str.maketrans("01", "〇幺")

DIGITS = "0123456789"
NINE, THREE, THIRTEEN = (st.text(DIGITS, min_size=size, max_size=size) for size in (9, 3, 13))
MOBILES = st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), NINE)
WRITTEN = st.sampled_from(
    [
        lambda number: number,
        lambda number: number.translate(WIDE),
        lambda number: number.translate(CHINESE),
        lambda number: number.translate(SPOKEN),
        lambda number: f"{number[:3]} {number[3:7]} {number[7:]}",
        lambda number: f"{number[:3]}-{number[3:7]}-{number[7:]}",
        lambda number: " ".join(number),
        lambda number: f"+86{number}",
        lambda number: f"+86 {number}",
        lambda number: f"tel{number}x",
        lambda number: f"电话{number}找我",
    ]
)


def id_number(place: str, born: str, order: str) -> str:
    """A valid number by GB 11643-1999: the last sign is a check (ISO 7064, MOD 11-2)."""
    body = place + born + order
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


BORN = st.dates().filter(lambda day: 1930 <= day.year <= 2020).map(lambda day: f"{day:%Y%m%d}")
IDS = st.builds(id_number, st.sampled_from(["331081", "110101", "310104", "440305"]), BORN, THREE)
PLATES = st.sampled_from(
    [
        *("浙J12345", "沪A8K2F7", "京K00001", "浙JD12345", "浙AF00001", "沪A·12345", "浙 J 88888"),
        *("粤Z1234港", "浙J1234学"),
    ]
)
CARDS = THIRTEEN.map(lambda rest: "62" + rest).map(lambda body: body + luhn.calc_check_digit(body))
OTHERS = st.sampled_from(
    [
        *("a.b@example.com", "wang_88@163.com", "微信abc12345", "加微信：wx_hello88", "QQ 12345678"),
        *("qq号：987654321", "0576-88123456", "(0571)87654321", "021 6234 5678", "+44 20 7946 0958"),
    ]
)
SECRETS = st.one_of(
    st.builds(lambda write, number: write(number), WRITTEN, MOBILES),
    IDS,
    IDS.map(lambda number: f"{number[:6]} {number[6:14]} {number[14:]}"),
    PLATES,
    CARDS,
    CARDS.map(lambda number: " ".join(number[at : at + 4] for at in range(0, len(number), 4))),
    OTHERS,
)
AROUND = st.sampled_from(["", "路灯不亮，", "请联系", "，护栏断了 3 米。", "（见照片）", "\n", "。 ", "车 "])


@given(st.lists(st.tuples(AROUND, SECRETS), min_size=1, max_size=5), AROUND)
def test_nothing_that_reaches_a_person_survives(parts: list[tuple[str, str]], end: str) -> None:
    text = "，".join(before + secret for before, secret in parts) + "，" + end

    left = covered(text, spans_in(text))

    assert [secret for _, secret in parts if secret in left] == []
    assert spans_in(left) == []
    assert left.count(COVER) <= len(spans_in(text))


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at_and_spans_lie_in_it_in_order(text: str) -> None:
    spans = spans_in(text)

    assert all(0 <= each.start < each.end <= len(text) for each in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证" + id_number("331081", "19800101", "123"), Kind.ID_NUMBER),
        ("331081800101124", Kind.ID_NUMBER),
        ("一三八零零零零一二三四", Kind.PHONE),
        ("幺三八〇〇〇〇幺二三四", Kind.PHONE),
        ("浙JD12345", Kind.PLATE),
        ("加微信 hello_88", Kind.ACCOUNT),
        ("a@b.example", Kind.EMAIL),
    ],
)
def test_a_find_says_what_it_is(text: str, kind: Kind) -> None:
    assert [each.kind for each in spans_in(text)] == [kind]


def harmless() -> list[str]:
    """300 texts with numbers that reach nobody."""
    rng = random.Random(300)
    made = []
    for n in range(30):
        day = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        made += [
            f"案卷 CX-2026-{rng.randint(1, 999999):06} 还没有处理",
            f"订单号 {rng.randint(10**9, 10**10 - 1)}，{day} 下单",
            f"{day} {rng.randint(0, 23):02}:{rng.randint(0, 59):02} 路灯不亮，共 {rng.randint(1, 99)} 盏",
            f"灯杆 B-{rng.randint(1000, 9999)} 倾斜 {rng.randint(1, 30)} 度",
            f"门牌 {rng.randint(1, 999)} 号 {rng.randint(1, 30)} 幢 {rng.randint(101, 3305)} 室楼道堆物",
            f"水深 {rng.uniform(0.5, 4):.2f} 米，护栏缺口 {rng.randint(1, 20)} 米",
            f"坐标 {rng.uniform(28, 29):.5f}, {rng.uniform(121, 122):.5f}",
            f"消火栓编号 XH{rng.randint(10**5, 10**6 - 1)}，压力 0.{rng.randint(1, 9)} MPa",
            f"区划代码 331081{rng.randint(1, 999999):06}，面积 {rng.randint(100, 99999)} 平方米",
            f"价格 {rng.randint(1, 9999)}.{rng.randint(0, 99):02} 元，第 {n} 批，工期 30 天",
        ]
    return made


def test_of_300_harmless_texts_at_most_3_percent_are_touched() -> None:
    texts = harmless()

    touched = [text for text in texts if spans_in(text)]

    assert len(texts) == 300
    assert len(touched) <= 9, touched
