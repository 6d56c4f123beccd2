"""Wait for what another process does in its own time."""

import time
from typing import Any

PATIENCE = 20.0


def wait_until(done: Any, seconds: float = PATIENCE) -> None:
    """Look again and again until it is done."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
