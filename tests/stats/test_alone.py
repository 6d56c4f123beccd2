"""`from anlan.stats import ...` needs nothing of the platform."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import anlan.stats

ROOT = Path(__file__).parents[2]
PROBE = """
import sys

BANNED = {names!r}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BANNED:
            raise ImportError(f"anlan.stats must not need {{name}}")

sys.meta_path.insert(0, Refuse())
import anlan.stats
for name in anlan.stats.__all__:
    getattr(anlan.stats, name)
parts = (name for name in sys.modules if name.startswith("anlan.") and not name.startswith("anlan.stats"))
print(sorted(parts))
"""
PLATFORM = [
    "django",
    "allauth",
    "ninja",
    "procrastinate",
    "psycopg",
    "rich",
    "typer",
    "shapely",
    "h3",
    "pyproj",
]


def test_every_public_name_is_there_where_the_platform_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(names=PLATFORM)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert set(ast.literal_eval(done.stdout)) <= {"anlan.base", "anlan.base.errors"}


def test_the_plain_installation_holds_the_libraries_of_stats_only() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    plain = {text.split(">")[0] for text in project["dependencies"]}
    assert {"numba", "numpy", "polars", "scipy", "statsmodels"} <= plain
    assert not plain & {"django", "psycopg", "procrastinate", "granian"}


def test_no_file_of_stats_names_another_room() -> None:
    files = Path(anlan.stats.__path__[0]).rglob("*.py")
    lines = [
        line
        for path in files
        for line in path.read_text().splitlines()
        if line.startswith(("from anlan", "import anlan"))
    ]
    assert [
        line
        for line in lines
        if not line.startswith(("from anlan.stats", "from anlan.base", "import anlan.stats"))
    ] == []
