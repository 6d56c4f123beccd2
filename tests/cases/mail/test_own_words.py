"""Of a reply, what its sender wrote just now: in the ways in which mail programs quote."""

import resource

import pytest

from anlan.cases.mail.own_words import own_words

REPLIES = {
    "apple zh": (
        "很深\n小心\n\n2026年11月23日 12:00，望潮 <a@b.cn> 写道：\n\n> 收到\n> 查询码 1\n",
        "很深\n小心",
    ),
    "qq": (
        "很深\n\n\n------------------ 原始邮件 ------------------\n发件人: 望潮;\n主题: 护栏\n\n收到",
        "很深",
    ),
    "163": ('很深\n\n\nAt 2026-11-23 12:00:00, "望潮" <a@b.cn> wrote:\n收到\n', "很深"),
    "163 zh": ('很深\n\n在 2026-11-23 12:00:00，"望潮" <a@b.cn> 写道：\n>收到', "很深"),
    "gmail zh": ("很深\n\n望潮 <a@b.cn> 于2026年11月23日周一 12:00写道：\n\n> 收到\n", "很深"),
    "gmail, two lines": (
        "Deep.\n\nOn Mon, 23 Nov 2026 at 12:00, Wangchao\n<a@b.cn> wrote:\n> got it",
        "Deep.",
    ),
    "outlook": (
        "Deep.\n\n________________________________\nFrom: W\nSent: Monday\nTo: X\nSubject: Y\n\nold",
        "Deep.",
    ),
    "outlook zh": ("很深\n\n发件人: 望潮\n发送时间: 2026年\n收件人: 我\n主题: 护栏\n\n收到", "很深"),
    "below the quotation": ("On Monday, W <a@b.cn> wrote:\n> where?\n\nLeft.\n> when?\nNow", "Left.\nNow"),
    "signature": ("Broken.\n-- \nJohn\n+86 138 0000 1234", "Broken."),
    "telephone": ("断了\n\n发自我的iPhone", "断了"),
    "telephone en": ("Broken\n\nSent from my Phone", "Broken"),
    "only quoted": ("> 收到", ""),
}
KEPT = [
    "发件人: 谁都可以\n护栏坏了",
    "Broken:\n- rail\n- lamp\nThanks,\nJohn",
    "在路口写道：小心",
    "On the bridge:\nthe rail is gone",
    "It is 5 --\nno, 6 metres",
]


@pytest.mark.parametrize("name", REPLIES)
def test_what_was_quoted_and_the_signature_are_left_out(name: str) -> None:
    text, own = REPLIES[name]

    assert own_words(text) == own


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize(
    "line",
    ["On ", "On x <y@z>\n", "发件人:\n", "-" * 300 + "\n", " \n", "2026年1月", "> ", "<a@b>", "-- x\n"],
)
def test_text_made_to_be_slow_takes_no_longer_than_any_other(line: str) -> None:
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime

    own_words(line * (30_000 // len(line)))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 2
