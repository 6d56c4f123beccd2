"""What reaches a person is found wherever it stands; what does not is left alone."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.publishing.alike_signs import alike
from anlan.publishing.redaction import covered, spans_in
from anlan.publishing.spans import COVER, Kind
from tests.publishing.secrets import AFTER, AROUND, IDS_OF_DIGITS, MOBILES, NUMBERS, SECRETS, id_number

HARMLESS = Path(__file__).parents[1] / "data" / "harmless_texts.txt"


def digits_of(text: str) -> str:
    return "".join(sign for sign in alike(text).signs if sign.isdigit())


@given(st.lists(st.tuples(AROUND, SECRETS, AFTER), min_size=1, max_size=5))
def test_nothing_that_reaches_a_person_survives(parts: list[tuple[str, str, str]]) -> None:
    text = "；".join(before + secret + after for before, secret, after in parts)

    left = covered(text, spans_in(text))

    assert [secret for _, secret, _ in parts if secret in left] == []
    assert [span for span in spans_in(left) if COVER not in left[span.start - 4 : span.end + 4]] == []


@given(AROUND, NUMBERS, AFTER)
def test_of_a_number_no_digit_is_left(before: str, number: str, after: str) -> None:
    spans = spans_in(before + number + after)

    signs = range(len(before), len(before) + len(number))
    left = [at for at in signs if not any(span.start <= at < span.end for span in spans)]
    assert digits_of("".join((before + number)[at] for at in left)) == ""


@given(st.lists(MOBILES | IDS_OF_DIGITS, min_size=2, max_size=4))
def test_numbers_right_behind_each_other_are_found(numbers: list[str]) -> None:
    text = "电话" + "".join(numbers) + "。"

    assert covered(text, spans_in(text)) == f"电话{COVER}。"


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at_and_spans_lie_in_it_in_order(text: str) -> None:
    spans = spans_in(text)

    assert all(0 <= each.start < each.end <= len(text) for each in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证" + id_number("331081", "19800101", "123"), Kind.ID_NUMBER),
        (
            "身份证 33108119800101123" + "0",
            Kind.ID_NUMBER,
        ),  # its last sign is wrong; it names somebody all the same
        ("331081800101124", Kind.ID_NUMBER),
        ("永居证 911124198108030024", Kind.ID_NUMBER),
        ("一三八零零零零一二三四", Kind.PHONE),
        ("幺三八〇〇〇〇幺二三四", Kind.PHONE),
        ("138\u200b0000\u200b1234", Kind.PHONE),
        ("1,3,8,0,0,0,0,1,2,3,4", Kind.PHONE),
        ("一三八，〇〇〇〇，一二三四", Kind.PHONE),
        ("138   0000   1234", Kind.PHONE),
        ("138*0000*1234", Kind.PHONE),
        ("1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣", Kind.PHONE),
        ("(415) 555-2671", Kind.PHONE),
        ("找 88123456", Kind.PHONE),
        ("打电话 661234", Kind.PHONE),
        ("浙JD12345", Kind.PLATE),
        ("浙J12345abc", Kind.PLATE),
        ("使014578", Kind.PLATE),
        ("WJ浙12345", Kind.PLATE),
        ("加微信 hello_88", Kind.ACCOUNT),
        ("vx_abc12345", Kind.ACCOUNT),
        ("微信 我的号是abc_12345", Kind.ACCOUNT),
        ("WeChat ID: lanchuan", Kind.ACCOUNT),
        ("a@b.example", Kind.EMAIL),
        ("a (at) b.com", Kind.EMAIL),
        ("name at example dot com", Kind.EMAIL),
        ("a.b@例子.中国", Kind.EMAIL),
    ],
)
def test_a_find_says_what_it_is(text: str, kind: Kind) -> None:
    assert [each.kind for each in spans_in(text)] == [kind]


def test_what_cannot_be_seen_behind_a_find_goes_with_it() -> None:
    text = "138\u200b0000\u200b1234\u200b。"

    assert covered(text, spans_in(text)) == f"{COVER}。"


def test_of_300_harmless_texts_at_most_3_percent_are_touched() -> None:
    texts = HARMLESS.read_text().splitlines()

    touched = [text for text in texts if spans_in(text)]

    assert len(set(texts)) >= 300
    assert len(touched) <= 0.03 * len(texts), touched
