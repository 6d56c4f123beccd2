"""The fields at the head of a mail, as a person would read them, whatever mail programs made of them."""

import re
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from anlan.cases.mail.addresses import is_address
from anlan.cases.mail.plain_text import decoded, one_line

_ID = re.compile(r"<[^<>\s]{1,250}>")
MOST_IDS = 30
"""Ids of earlier messages that are looked at: the newest stand last."""


def field(message: Message, name: str) -> str:
    """A field in one line, "" when it is not there; of several the first. At most 1000 signs."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return one_line(in_words(_as_sent(str(raw))))[:1000]


def _as_sent(raw: str) -> str:
    """A field that was not encoded: UTF-8, else GB 18030, as old mail programs in China write it."""
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def in_words(text: str) -> str:
    """The text with its encoded words (RFC 2047) read."""
    try:
        parts = decode_header(text)
    except ValueError:  # an encoded word that is broken
        return text
    return "".join(_part(words, charset) for words, charset in parts)


def _part(words: bytes | str, charset: str | None) -> str:
    if isinstance(words, str):
        return words
    return decoded(words, charset) if charset else words.decode("raw-unicode-escape", "replace")


def ids_in(message: Message, *names: str) -> tuple[str, ...]:
    """The ids of messages in these fields, in their order, each once; at most MOST_IDS, the last ones."""
    texts = (value for name in names for key, value in message.raw_items() if key.lower() == name.lower())
    found = dict.fromkeys(each for text in texts for each in _ID.findall(str(text)) if each.isascii())
    return tuple(found)[-MOST_IDS:]


def addresses_in(message: Message, *names: str) -> tuple[str, ...]:
    """The addresses in these fields that a mail can be sent to, in small letters."""
    texts = [str(value)[:5000] for name in names for value in _all(message, name)]
    return tuple(each.lower() for _name, each in getaddresses(texts) if is_address(each))


def _all(message: Message, name: str) -> list[str]:
    return [value for key, value in message.raw_items() if key.lower() == name.lower()]
