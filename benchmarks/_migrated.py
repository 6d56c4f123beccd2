"""A PostgreSQL with all tables, as the tests begin with: migrating is no part of what is measured here."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def put(data: Path) -> None:
    """Copy it to `data`, which is not there yet."""
    sys.path.append(str(ROOT))
    from tests import migrated

    migrated.put(data)
