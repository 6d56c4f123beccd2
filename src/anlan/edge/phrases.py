"""Phrases, one .po file a subject, compiled into the build folder whenever a .po is newer."""

import os
from pathlib import Path

DOMAIN = Path("LC_MESSAGES") / "django.po"
SOURCE = Path(__file__).parent / "locale"
BUILD = Path(__file__).parents[3] / "build" / "locale"


def compiled(source: Path = SOURCE, build: Path = BUILD) -> list[Path]:
    """The folders for LOCALE_PATHS: one in `build` for each subject in `source`, compiled where needed."""
    subjects = sorted(folder for folder in source.iterdir() if folder.is_dir())
    for subject in subjects:
        for po in subject.glob(f"*/{DOMAIN}"):
            _compile(po, (build / po.relative_to(source)).with_suffix(".mo"))
    return [build / subject.name for subject in subjects]


def own_languages(folder: Path) -> list[tuple[str, str]]:
    """The languages that a city added itself, compiled where needed: code and what its speakers call it.

    Each is `folder`/CODE/LC_MESSAGES/django.po, with the code as Django writes folders: ug, mn_Cyrl.
    """
    from django.utils.translation import to_language  # the commands of statistics speak without Django

    found = []
    for po in sorted(folder.glob(f"*/{DOMAIN}")):
        _compile(po, po.with_suffix(".mo"))
        found.append((to_language(po.parts[-3]), _own_name(to_language(po.parts[-3]))))
    return found


def _own_name(code: str) -> str:
    """What its speakers call a language; the code of one that Django does not know."""
    from django.utils.translation import get_language_info

    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def _compile(po: Path, mo: Path) -> None:
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return
    # a command starts many times and compiles once
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    mo.parent.mkdir(parents=True, exist_ok=True)
    with po.open("rb") as phrases:
        catalogue = read_po(phrases, locale=po.parts[-3])
    # written aside and moved into place: several processes start at once
    fresh = mo.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(mo)
