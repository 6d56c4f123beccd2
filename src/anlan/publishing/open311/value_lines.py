"""The values of a list as an administrator writes them: a line each, key, Chinese and English name."""

import re
from collections.abc import Iterable

from anlan.base.errors import Refused

KEY = re.compile(r"[A-Za-z0-9_.-]{1,40}")
"""No comma and no space: some clients send several keys as one word with commas."""
LONGEST_NAME = 100
MOST = 100

type Values = tuple[tuple[str, str, str], ...]


def values_in(text: str) -> Values:
    """The values of a text such as "dark | 不亮 | Dark", a line each; the English name may be left out.

    Raises Refused("values_wrong") with the line, counted from 1.
    """
    written = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found = tuple(_value(n, line) for n, line in written)
    keys = [key for key, _zh, _en in found]
    for (n, _line), key in zip(written, keys, strict=True):
        if keys.count(key) > 1 or len(found) > MOST:
            raise Refused("values_wrong", line=n, most=MOST)
    return found


def _value(n: int, line: str) -> tuple[str, str, str]:
    key, zh, en, *rest = (part.strip() for part in (f"{line}||").split("|"))
    en = en or zh
    if not KEY.fullmatch(key) or not zh or max(len(zh), len(en)) > LONGEST_NAME or any(rest[:-2]):
        raise Refused("values_wrong", line=n, most=MOST)
    return key, zh, en


def as_lines(values: Iterable[Iterable[str]]) -> str:
    """Values as they are written."""
    return "\n".join(" | ".join(each) for each in values)
