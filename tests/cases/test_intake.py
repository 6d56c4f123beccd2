"""What a case is called."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.intake import TITLE_LENGTH, title_of


def test_the_first_sentence_names_the_case() -> None:
    assert title_of("护栏断了约 3 米。孩子放学都从这里走。", "水边") == "护栏断了约 3 米"
    assert title_of("Railing is broken. About 3 m.", "水边") == "Railing is broken"


def test_a_report_without_words_is_named_by_its_category() -> None:
    assert title_of(" \n", "水边") == "水边"


@given(st.text(max_size=200))
def test_a_title_is_short_and_never_empty(words: str) -> None:
    title = title_of(words, "水边")
    assert 0 < len(title) <= TITLE_LENGTH
