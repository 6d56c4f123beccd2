"""A report becomes a case: what it is called."""

import re

TITLE_LENGTH = 40
_END_OF_SENTENCE = re.compile(r"[\n。！？!?；;]|(?<=[a-z])\.\s")


def title_of(words: str, fallback: str) -> str:
    """The first sentence of the words, cut at TITLE_LENGTH characters; `fallback` when there are none."""
    first = _END_OF_SENTENCE.split(words.strip(), maxsplit=1)[0].strip() or fallback
    return first if len(first) <= TITLE_LENGTH else f"{first[: TITLE_LENGTH - 1].rstrip()}…"
