"""The command line speaks the language of the terminal: each sentence of its commands has its Chinese."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from anlan.edge.cli.commands import app
from anlan.edge.cli.doctor import VERDICTS
from anlan.edge.cli.imports.saying import COUNTS, HEADER, REASONS
from anlan.edge.cli.speaking import gettext, parts

SOURCE = Path(__file__).parents[3] / "src" / "anlan" / "edge" / "cli"


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that speaks Chinese."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


def sentences() -> Iterator[str]:
    """What the commands say of themselves, and the tables of sentences."""
    yield from (part.help for part in parts(typer.main.get_command(app)) if part.help)
    yield from (*REASONS.values(), *COUNTS.values(), *HEADER, *VERDICTS.values())


def test_every_sentence_of_help_and_of_the_tables_has_its_chinese(chinese: None) -> None:
    assert {said for said in sentences() if gettext(said) == said} == set()


def plain_problems(file: Path) -> list[int]:
    """The lines on which a Problem gets words that nobody translates."""
    calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    return [
        call.lineno
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id.endswith("Problem")
        and any(isinstance(word, ast.Constant) for word in call.args)
    ]


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: file.name)
def test_a_problem_is_said_in_words_that_are_translated(file: Path) -> None:
    assert plain_problems(file) == []


def test_help_speaks_the_language_of_the_terminal() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", "from anlan.edge.cli.commands import main; main()", "serve", "--help"],
            env={"LC_ALL": language, "PATH": "", "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for language in ("zh_CN.UTF-8", "C.UTF-8")
    ]

    assert ["监听端口" in told[0], "Port to listen on" in told[1]] == [True, True]


def test_english_stays_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")

    assert gettext("The worker works.") == "The worker works."
