"""The real data beside the checkout, which tests use when it is there."""

import os
from pathlib import Path

DATA = Path(os.environ.get("ANLAN_SHARED") or Path(__file__).parents[1] / "../shared") / "data"
HERE = DATA.is_dir()
