"""Words to search by, in Chinese and English.

Chinese has no spaces, so runs of Han characters become overlapping pairs (and single characters, for searches
of one character); other letters and digits become lower-case words. Wide letters and digits, as input methods
type them, are the same as narrow ones (Unicode's form NFKC).
"""

import re
from unicodedata import normalize

_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def _runs(text: str) -> list[str]:
    return _RUNS.findall(normalize("NFKC", text).lower())


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def tokens_to_store(text: str) -> list[str]:
    """Every token of `text`, sorted, each once."""
    found: set[str] = set()
    for run in _runs(text):
        if _HAN.match(run):
            found.update(run)
            found.update(_pairs(run))
        else:
            found.add(run[:40])
    return sorted(found)


def tokens_to_find(text: str) -> list[str]:
    """The tokens that a text must have to match the search `text`, sorted, each once."""
    found: set[str] = set()
    for run in _runs(text):
        if _HAN.match(run):
            found.update(_pairs(run) or [run])
        else:
            found.add(run[:40])
    return sorted(found)


def case_id_in(words: str) -> int | None:
    """The id in a case's number such as CX-2026-018042; None in other words."""
    parts = normalize("NFKC", words).strip().upper().split("-")
    if len(parts) == 3 and parts[0] == "CX" and parts[2].isdecimal() and len(parts[2]) < 19:
        return int(parts[2])
    return None


def written_in(text: str) -> str:
    """The language of a text, zh-hans or en, by its letters; "" when it has none of either.

    One in five Han characters is enough: streets, names and addresses are often written in Latin letters.
    """
    han = len(_HAN.findall(text))
    latin = sum(each.isascii() and each.isalpha() for each in text)
    if not han and not latin:
        return ""
    return "zh-hans" if han * 5 >= latin + han else "en"
