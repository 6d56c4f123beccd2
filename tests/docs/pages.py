"""The pages of the documentation, and the commands in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page for folder, pattern in ((ROOT, "*.md"), (ROOT / "docs", "**/*.md")) for page in folder.glob(pattern)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"`((?:\.venv/bin/)?anlan [a-z][^`]*|make [a-z][^`]*)`")


def links(page: Path) -> list[str]:
    """Return the targets of the links that lead to files of ours."""
    return [
        link
        for link in LINK.findall(page.read_text())
        if "://" not in link and not link.startswith("mailto:")
    ]


def commands(page: Path) -> list[str]:
    """Return each command of ours that the page shows: lines of blocks marked `sh`, and words in
    backticks.
    """
    text = page.read_text()
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    shown = [line for line in lines if "anlan " in line or line.startswith("make ")]
    return shown + WORD.findall(text)
