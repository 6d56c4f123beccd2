"""Text with its signs made alike: one form for each digit and letter, and nothing that cannot be seen.

Full-width, circled, Arabic and Chinese digits become 0 to 9, letters plain ones; signs without a form of
their own (zero-width, direction, accents, the frame of a keycap) are left out. Each sign that is left knows
where in the text it came from, so that what is found in it is a span of the text as it was written.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = dict(
    zip("零〇○幺一二三四五六七八九壹贰叁肆伍陆柒捌玖两貳參陸", "00011234567891234567892236", strict=True)
)
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc"})
_KEPT = frozenset("\n\r\t")


@dataclass(frozen=True)
class Alike:
    """`signs` in one form; the sign `signs[n]` stands for `text[at[n]]`."""

    signs: str
    at: tuple[int, ...]
    size: int
    """Signs of the text."""

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text `signs[start:end]` stands, with what cannot be seen behind it."""
        behind = self.at[end] if end < len(self.at) else self.size
        return self.at[start], max(behind, self.at[end - 1] + 1)


def alike(text: str) -> Alike:
    """The text with digits and letters in one form."""
    pairs = [(sign, index) for index, written in enumerate(text) for sign in _plain(written)]
    return Alike("".join(sign for sign, _ in pairs), tuple(index for _, index in pairs), len(text))


def _plain(written: str) -> Iterator[str]:
    if unicodedata.category(written) in _UNSEEN and written not in _KEPT:
        return
    for sign in unicodedata.normalize("NFKC", written):
        yield DIGITS.get(sign) or _digit(sign)


def _digit(sign: str) -> str:
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)
