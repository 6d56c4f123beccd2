"""`pip install anlan`, without the extra `city`: the wheel, its script, and only what it depends on."""

import json
import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
SCRIPT = """
import contextlib, io, json, sys
from importlib.metadata import entry_points
main = entry_points(group="console_scripts")["anlan"].load()
done = []
for words in json.load(sys.stdin):
    sys.argv, out, err, end = ["anlan", *words], io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as found:
            end = found.code
    done.append((end or 0, out.getvalue(), err.getvalue()))
json.dump(done, sys.stdout)
"""
"""What the script of the wheel does with each line of words: how it ended, and what it said."""

PLACES = "id,lng,lat\np0,120.0,30\np1,120.1,30\np2,120.9,30"
EVENTS = "id,period,count\np0,0,1\np0,1,9\np1,1,8\np2,0,3\np2,1,1"
SERIES = "period,count\n" + "\n".join(f"{1980 + at // 12}-{at % 12 + 1:02d},{9 + at % 5}" for at in range(72))
WEEKS = "period,count\n" + "\n".join(f"{at},{3 + at % 4}" for at in range(320))
RATES = "place,count,exposure\na,3,1000\nb,9,1100\nc,40,1200"
SAMPLE = "y,weight\n1,10\n3,10\n5,12"


def needed(names: list[str]) -> Iterator[str]:
    """All that is installed with the requirements `names`, their own requirements included."""
    seen, waiting = set(), [Requirement(name) for name in names]
    while waiting:
        one = waiting.pop()
        if one.name in seen or (one.marker is not None and not one.marker.evaluate({"extra": ""})):
            continue
        seen.add(one.name)
        yield one.name
        waiting += [Requirement(text) for text in distribution(one.name).requires or ()]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment: what the wheel needs, linked from this one, and the wheel unpacked."""
    folder = tmp_path_factory.mktemp("plain")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    packages = next((folder / "venv").glob("lib/python3.*/site-packages"))
    with ZipFile(next(folder.glob("anlan-*.whl"))) as wheel:
        wheel.extractall(packages)
    plain = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for name in needed(plain):
        for part in {file.parts[0] for file in distribution(name).files or ()} - {"..", "__pycache__"}:
            (packages / part).symlink_to(distribution(name).locate_file(part))
    return folder / "venv/bin/python"


def anlan(python: Path, *lines: list[str], language: str = "C.UTF-8") -> list[Any]:
    """`anlan` with each line of words; nothing is compiled, so that the small examples are quick."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANLAN", "DJANGO", "PYTHON"))
    }
    environment = {**plain, "NUMBA_DISABLE_JIT": "1", "LC_ALL": language}
    command = [str(python), "-c", SCRIPT]
    given = {"input": json.dumps(lines), "text": True, "env": environment, "cwd": python.parent}
    done: list[Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, **given).stdout)
    return done


COMMANDS = {
    "scan": ([PLACES, EVENTS], ["--replications", "9"]),
    "surveil": ([WEEKS], []),
    "effect": ([SERIES], ["--change", "1983-02", "--season", "month"]),
    "rates": ([RATES], []),
    "survey": ([SAMPLE], ["--mean", "y", "--weights", "weight"]),
}


def test_the_commands_of_statistics_need_no_platform(python: Path, tmp_path: Path) -> None:
    lines = []
    for command, (texts, options) in COMMANDS.items():
        files = [tmp_path / f"{command}-{at}.csv" for at in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text + "\n")
        lines.append([command, *map(str, files), *options, "--report", str(tmp_path / f"{command}.html")])

    for command, (end, said, wrong) in zip(COMMANDS, anlan(python, *lines), strict=True):
        assert (command, end, wrong) == (command, 0, "")
        assert len(said.splitlines()) > 1 and "<svg" in (tmp_path / f"{command}.html").read_text(), command


def test_a_command_of_the_platform_says_what_to_install_and_all_are_listed(python: Path) -> None:
    lines = [["doctor"], ["serve"], ["demo"], ["key", "open311", "a"], ["setup-code"], ["--help"]]
    *platform, (end, listed, _) = anlan(python, *lines)

    for sentence, said, _ in platform:
        assert (sentence.startswith("anlan: This command needs the platform ("), said) == (True, "")
        assert sentence.endswith("is not installed). Install it: pip install 'anlan[city]'")
    assert (end, [name for name in COMMANDS if name not in listed]) == (0, [])


def test_a_chinese_terminal_is_told_both_in_chinese(python: Path) -> None:
    (sentence, _, _), (end, listed, _) = anlan(python, ["doctor"], ["--help"], language="zh_CN.UTF-8")

    assert sentence.startswith("anlan: 此命令需要平台") and sentence.endswith("pip install 'anlan[city]'")
    assert (end, [name for name in COMMANDS if name not in listed]) == (0, [])
    assert "查找事件的时空聚集" in listed
