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


def test_the_plots_of_the_statistics_can_be_drawn(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "docs/stats/draw_effects.py"))
    script["main"].__globals__["FOLDER"] = tmp_path
    script["main"]()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "power.svg",
        "seatbelts.svg",
        "street_kernel.svg",
    ]
