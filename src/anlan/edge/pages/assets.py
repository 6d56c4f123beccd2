"""Where the built scripts, styles and signs lie: names carry a hash, the manifest of the build knows them."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

MANIFEST = "manifest.json"


class AssetsNotBuilt(RuntimeError):
    """The web assets are missing or do not hold what a page asks for."""


def asset_url(source: str) -> str:
    """The address of what was built from `source`, such as "src/main.ts".

    Raises AssetsNotBuilt with what to do.
    """
    return _address(source) if not settings.DEBUG else _address.__wrapped__(source)


@lru_cache(maxsize=100)
def _address(source: str) -> str:
    files = _manifest()
    if source not in files:
        raise AssetsNotBuilt(f"{source} is not in the built web assets: run `make setup`")
    return static(files[source])


def _manifest() -> dict[str, str]:
    found = finders.find(MANIFEST)
    if not isinstance(found, str):
        raise AssetsNotBuilt("the web assets are not built: run `make setup`")
    entries = json.loads(Path(found).read_text())
    return {source: entry["file"] for source, entry in entries.items()}
