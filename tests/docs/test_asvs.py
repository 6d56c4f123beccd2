"""The table of what holds of ASVS names tests that are there, and items as the standard writes them."""

import re

import pytest

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "asvs.md"
LINE = re.compile(r"^\| (\S+) \| [^|]+ \| `(tests/\S+?\.py)(?:::(\w+))?` \|$", re.MULTILINE)
LINES = LINE.findall(PAGE.read_text())


def test_every_line_of_the_table_is_read() -> None:
    assert len(LINES) == len(re.findall(r"^\| V", PAGE.read_text(), re.MULTILINE)) > 40


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_requirement_is_held_by_a_test_that_is_there(line: tuple[str, str, str]) -> None:
    item, file, name = line

    assert re.fullmatch(r"V(1?[0-9]|17)\.[0-9]+\.[0-9]+", item)
    assert f"def {name or 'test_'}" in (ROOT / file).read_text()
