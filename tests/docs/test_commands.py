"""Commands that the documentation shows exist, with the options it shows."""

import re
import shlex
import subprocess

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from anlan.edge.cli.commands import app
from tests.docs.pages import PAGES, ROOT, commands

SHOWN = sorted({(str(page.relative_to(ROOT)), command) for page in PAGES for command in commands(page)})
ANLAN = [(page, command) for page, command in SHOWN if "anlan " in command]
MAKE = [(page, command) for page, command in SHOWN if command.startswith("make ")]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("page", "command"), ANLAN)
def test_a_command_that_is_shown_exists_with_its_options(page: str, command: str) -> None:
    words = command.partition("anlan ")[2].split("#")[0].split()
    found = get_command(app)
    while words and hasattr(found, "commands") and words[0] in found.commands:
        found = found.commands[words.pop(0)]
    options = {
        option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in options]
    assert (found.name != "root", unknown) == (True, [])


@pytest.mark.parametrize(("page", "command"), MAKE)
def test_a_target_that_is_shown_exists(page: str, command: str) -> None:
    words = [word for word in command.split()[1:] if "=" not in word and word.isalpha() and word.islower()]
    assert words[0] in TARGETS


def test_help_lists_every_target() -> None:
    done = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in done.stdout.splitlines()] == TARGETS


def test_the_deadline_of_the_page_is_what_the_command_prints() -> None:
    page = (ROOT / "docs/for-dispatchers.md").read_text()
    printed = page.split("```text\n")[1].split("```")[0]
    command = shlex.split(page.split("```sh\nanlan ")[1].split("\n")[0])

    assert CliRunner().invoke(app, command, env={"LC_ALL": "en"}).output == printed
