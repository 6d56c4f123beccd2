"""Every phrase a person may read has its Chinese, and the phrase books hold no phrase that nobody uses."""

import ast
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[2] / "src" / "anlan"
BOOKS = sorted((SOURCE / "edge" / "locale").glob("*/zh_Hans/LC_MESSAGES/django.po"))
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
TERMINAL = "terminal"
"""Typer reads this subject alone, so it says again what other subjects say too."""
OF_OTHERS = {"account", TERMINAL}
"""Subjects with phrases that django-allauth and Typer say, and do not translate themselves."""


def phrases_of(path: Path) -> Iterator[str]:
    """The msgids of one Python file or template."""
    text = path.read_text()
    code = templatize(text, origin=str(path)) if path.suffix != ".py" else text
    for _, found, _, _ in extract("python", io.BytesIO(code.encode()), KEYWORDS):
        yield found if isinstance(found, str) else next(word for word in found if isinstance(word, str))


@cache
def used() -> frozenset[str]:
    """Every msgid in the source."""
    files = [*SOURCE.rglob("*.py"), *(SOURCE / "edge" / "pages" / "templates").rglob("*.*")]
    return frozenset(phrase for path in files for phrase in phrases_of(path)) - {""}


@cache
def literals() -> frozenset[str]:
    """Every text written in Python: a room names its phrases, and the edge translates them by that name."""
    trees = (ast.parse(path.read_text()) for path in SOURCE.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


def translated(book: Path) -> dict[str, str]:
    """Msgid to Chinese of one book; a plural's one Chinese form stands for both."""
    with book.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans", abort_invalid=True)
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: entry.string
        if isinstance(entry.string, str)
        else entry.string[0]
        for entry in catalogue
        if entry.id and not entry.fuzzy
    }


def test_every_phrase_has_its_chinese() -> None:
    known = {phrase for book in BOOKS for phrase, chinese in translated(book).items() if chinese}

    assert used() - known == set()


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.parts[-4])
def test_no_phrase_book_holds_a_phrase_that_nobody_uses(book: Path) -> None:
    if book.parts[-4] not in OF_OTHERS:
        assert set(translated(book)) - used() - literals() == set()


def test_no_phrase_is_translated_twice() -> None:
    seen: dict[str, str] = {}
    twice = [
        (phrase, seen[phrase], book.parts[-4])
        for book in BOOKS
        for phrase in translated(book)
        if book.parts[-4] != TERMINAL and seen.setdefault(phrase, book.parts[-4]) != book.parts[-4]
    ]
    assert twice == []


def test_an_empty_list_says_what_there_is_none_of() -> None:
    assert used() & {"None", "Nothing", "Empty"} == set()
