"""Pictures for tests of flows, as if they had been taken and lay on the disk."""

from datetime import datetime
from uuid import uuid4

from anlan.flows.store_photos import Picture


def picture(made_at: datetime) -> Picture:
    """A picture made at a time."""
    return Picture(id=uuid4(), made_at=made_at, sha256="0" * 64, width=800, height=600, bytes=1000)
