"""What the supervisor knows of the settings: `anlan serve` reads all, with Django, and hands these on.

Read once more by the supervisor, they and Django would take 10 MB for as long as the city runs.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PATHS = ("ANLAN_HOME", "ANLAN_KIND", "ANLAN_POSTGRES", "ANLAN_SOCKETS")
VALUES = (
    *(
        "ALLOWED_HOSTS",
        "ANLAN_HOST",
        "ANLAN_PORT",
        "ANLAN_PUBLIC_URL",
        "ANLAN_WEB_PROCESSES",
        "ANLAN_SENSING",
    ),
    *("ANLAN_BROKER_SYNC", "ANLAN_MQTT_HOST", "ANLAN_MQTT_PORT", "ANLAN_NATS_PORT"),
    *("ANLAN_FRAMES_HOST", "ANLAN_FRAMES_PORT", "ANLAN_FRAMES_SERVERS", "ANLAN_FRAMES_SHARES"),
)


def as_words(settings: Any) -> str:
    """Write down what the supervisor needs; no secret is among it, every user of the machine may read it."""
    return json.dumps({name: getattr(settings, name) for name in (*PATHS, *VALUES)}, default=str)


def from_words(words: str) -> SimpleNamespace:
    """Read what `as_words` wrote."""
    known = json.loads(words)
    paths = {name: None if known[name] is None else Path(known[name]) for name in PATHS}
    return SimpleNamespace(**known | paths)
