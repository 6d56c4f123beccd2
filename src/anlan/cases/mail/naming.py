"""Which kind of hazard the words of a mail name, and in which of its sentences the place stands."""

import re
from collections.abc import Iterable
from typing import Protocol

_SENTENCE = re.compile(r"[\n。！？!?；;]+|(?<=[a-z])\.\s")
LONGEST_ADDRESS = 200


class NamedKind(Protocol):
    """A kind of hazard; a family has kinds below it."""

    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def kind_named(words: str, kinds: Iterable[NamedKind], families: Iterable[NamedKind]) -> str:
    """The code of the one kind that the words name, else of the one family; "" when it is not clear.

    Nothing is guessed: a mail that names none, or several, waits for a person who chooses.
    """
    for offered in (kinds, families):
        named = {each.code for each in offered if _is_named(each, words)}
        if named:
            return named.pop() if len(named) == 1 else ""
    return ""


def _is_named(kind: NamedKind, words: str) -> bool:
    in_english = rf"(?<![a-z]){re.escape(kind.name_en.lower())}(?![a-z])"
    return kind.name_zh in words or bool(kind.name_en and re.search(in_english, words.lower()))


def sentence_with(name: str, words: str) -> str:
    """The sentence in which a place is named, cut at LONGEST_ADDRESS signs; "" when none names it."""
    found = next((each for each in _SENTENCE.split(words) if name in each), "")
    return found.strip()[:LONGEST_ADDRESS]
