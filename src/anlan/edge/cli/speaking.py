"""The language of the terminal: Chinese when LC_ALL, LC_MESSAGES or LANG says so, else English.

Read with the standard library, without Django: a command speaks before Django is set up, and `--help` and the
supervisor never set it up.
"""

import gettext as books
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

from anlan.edge.phrases import compiled

CHINESE = "zh_Hans"
TYPER = "terminal"
"""The subject with the phrases that Typer says by itself."""


def language() -> str:
    """zh-hans when the terminal speaks Chinese, else en."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def gettext(phrase: str, spoken: str = "") -> str:
    """A phrase in the language of the terminal, or the one `spoken` (en, zh); as it is when nobody
    translated it.
    """
    return phrase if (spoken or language()) == "en" else _chinese().gettext(phrase)


def speak(command: Any) -> None:
    """Let a command of Typer, all below it, and what Typer says by itself speak the terminal's language."""
    if language() == "en":
        return
    folder = next(folder for folder in compiled() if folder.name == TYPER)
    os.environ["LANGUAGE"] = CHINESE
    books.bindtextdomain("django", folder)
    books.textdomain("django")
    for part in parts(command):
        if part.help:
            part.help = gettext(part.help)


def parts(command: Any) -> Iterator[Any]:
    """A command of Typer, its options and arguments with --help, and the same of all commands below it."""
    yield command
    yield from command.get_params(command.context_class(command))
    for below in getattr(command, "commands", {}).values():
        yield from parts(below)


@cache
def _chinese() -> books.NullTranslations:
    """All subjects as one book."""
    whole = books.NullTranslations()
    for folder in compiled():
        whole.add_fallback(books.translation("django", folder, [CHINESE], fallback=True))
    return whole
