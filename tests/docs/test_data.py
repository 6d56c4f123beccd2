"""The files and commands of the page on data work as they stand there, one after the other."""

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from anlan.edge.cli.commands import app
from anlan.store.models import Area, Case, Category, Incident, Site
from tests.docs.pages import BLOCK, ROOT

PAGE = (ROOT / "docs" / "data-in-and-out.md").read_text()
FILES = re.findall(r"^```(?:csv|json|toml) (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCK.findall(PAGE) for line in block.splitlines()]

EXPORTED = ("areas", "sites", "incidents", "cases", "devices", "observations")


@pytest.mark.django_db
def test_the_page_brings_a_city_in_and_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ANLAN_POSTGRES", None)
    monkeypatch.chdir(tmp_path)
    Category.objects.create(code="junction", name_zh="路口隐患", name_en="Unsafe junction")
    for name, content in FILES:
        Path(name).write_text(content)

    for command in COMMANDS:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert (command, done.exit_code, done.exception) == (command, 0, None)

    stored = [table.objects.count() for table in (Area, Site, Incident, Case)]
    assert stored == [4, 2, 3, 1]
    out = {file.name: len(file.read_text().splitlines()) - 1 for file in tmp_path.glob("*-out.csv")}
    assert out == {
        "areas-out.csv": 4,
        "sites-out.csv": 2,
        "incidents-out.csv": 3,
        "cases-out.csv": 1,
        "devices-out.csv": 1,
    }


def test_the_page_names_every_import_and_every_table() -> None:
    shown = {tuple(command.split()[1:3]) for command in COMMANDS}

    imports = {("import", name) for name in ("areas", "sites", "incidents", "open311", "devices")}
    assert shown == imports | {("export", name) for name in EXPORTED}
