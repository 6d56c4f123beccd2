"""What a web process must not load before somebody needs it: libraries that take tens of megabytes."""

import json
import subprocess
import sys

HEAVY = ("numba", "llvmlite", "scipy", "statsmodels", "polars", "matplotlib", "cv2", "openpyxl", "reportlab")
PROBE = """
import json, sys
import anlan.config.asgi
from django.urls import get_resolver
get_resolver().url_patterns
json.dump([name for name in sys.argv[1:] if name in sys.modules], sys.stdout)
"""


def test_a_web_process_loads_no_library_of_numbers_pictures_or_paper_before_it_needs_one() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *HEAVY], capture_output=True, text=True, check=True, timeout=120
    )

    assert json.loads(done.stdout.splitlines()[-1]) == []
