"""The values of a list are read as they are written, or the line that is wrong is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.publishing.open311.value_lines import as_lines, values_in

NAMES = st.text("甲乙 abc", min_size=1, max_size=9).filter(lambda name: name == name.strip())
VALUES = st.lists(
    st.tuples(st.text("ab1_.-", min_size=1, max_size=9), NAMES, NAMES), unique_by=lambda each: each[0]
)


@given(VALUES)
def test_what_is_written_is_read(values: list[tuple[str, str, str]]) -> None:
    assert values_in(as_lines(values)) == tuple(values)


@given(st.text(max_size=60))
def test_any_text_is_read_or_its_line_is_said(text: str) -> None:
    try:
        found = values_in(text)
    except Refused as no:
        line = no.facts["line"]
        assert isinstance(line, int) and text.splitlines()[line - 1].strip()
        return
    assert len(found) == sum(bool(line.strip()) for line in text.splitlines())


@pytest.mark.parametrize(
    ("text", "line"),
    [("dark", 1), ("\na | 甲\na | 乙", 2), ("a,b | 甲", 1), ("a | 甲 | A | x", 1), (f"a | {'长' * 101}", 1)],
)
def test_a_line_that_is_wrong_is_said(text: str, line: int) -> None:
    with pytest.raises(Refused, match="values_wrong") as no:
        values_in(text)
    assert no.value.facts["line"] == line


def test_the_english_name_may_be_left_out() -> None:
    assert values_in("dark | 不亮") == (("dark", "不亮", "不亮"),)
