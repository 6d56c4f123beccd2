"""A browser to drive: the one of $CHROMIUM, else a chromium or chrome on the path."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""Works as root, and draws WebGL by software."""


def executable() -> str:
    """The path of a browser; raises FileNotFoundError with what to do."""
    given = os.environ.get("CHROMIUM")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise FileNotFoundError("no browser: install chromium or set CHROMIUM to one")
    return found
