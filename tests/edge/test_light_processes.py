"""What a process of an idle city must not load before somebody needs it: libraries of tens of megabytes."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = (
    *("numpy", "numba", "llvmlite", "scipy", "statsmodels", "polars", "pandas", "matplotlib"),
    *("shapely", "pyproj", "h3", "cv2", "PIL", "openpyxl", "reportlab", "imap_tools", "odata_query"),
    *("typer", "rich", "ninja", "pydantic", "django.test"),
)
CITY = """
import sys
from anlan.edge.cli import city
assert not {"django", "ssl", "asyncio"} & set(sys.modules)
"""
WEB = """
import anlan.config.web
from django.urls import get_resolver
from django.urls import reverse
get_resolver().url_patterns
reverse("home")
"""
WORKER = """
import django
django.setup()
import anlan.edge.operations.worker
from procrastinate.contrib.django import app
app.perform_import_paths()
assert app.tasks
"""
INGEST = """
import django
django.setup()
from anlan.edge.ingest import __main__, gate, hearing, streams
"""
SAY = """
import json, sys
json.dump([name for name in sys.argv[1:] if name in sys.modules], sys.stdout)
"""


@pytest.mark.parametrize("start", [CITY, WEB, WORKER, INGEST], ids=["city", "web", "worker", "ingest"])
def test_a_process_loads_no_library_of_numbers_pictures_or_commands_before_it_needs_one(
    start: str,
) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "anlan.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", start + SAY, *HEAVY],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=environment,
    )

    assert json.loads(done.stdout.splitlines()[-1]) == []
