"""The Python examples of the documentation print what they say."""

import doctest
import re
import runpy
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

WITH_EXAMPLES = [page for page in PAGES if "\n>>> " in page.read_text()]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_print_what_they_say(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    text = re.sub(r"^```.*$", "", page.read_text(), flags=re.MULTILINE)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=flags)
    runner.run(test)
    assert runner.failures == 0, capsys.readouterr().out


@pytest.mark.parametrize("page", ["effects", "hotspots", "rates", "surveillance", "surveys"])
def test_the_plots_of_a_page_can_be_drawn_and_the_page_says_how(page: str, tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / f"docs/stats/draw_{page}.py"))
    script["main"].__globals__.update(FOLDER=tmp_path, RUNS=3)
    script["main"]()
    text = (ROOT / f"docs/stats/{page}.md").read_text()
    drawn = {file.name for file in tmp_path.iterdir()}
    assert f"`python docs/stats/draw_{page}.py`" in text
    assert drawn == set(re.findall(r"`(\w+\.svg)`", text)) and len(drawn) >= 2
    for file in tmp_path.iterdir():
        assert len(re.findall('<circle |fill="none"', file.read_text())) >= 2  # dots or lines
