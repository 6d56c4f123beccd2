"""The real data beside the checkout, which tests use when it is there."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("ANLAN_SHARED") or Path(__file__).parents[1] / "../shared") / "data"
HERE = DATA.is_dir()
needed = pytest.mark.skipif(
    not HERE, reason=f"the real data are not in {DATA}: set ANLAN_SHARED to their folder"
)
