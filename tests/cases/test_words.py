"""Words to search by."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.words import case_id_in, tokens_to_find, tokens_to_store


def test_chinese_becomes_pairs_and_single_characters() -> None:
    assert tokens_to_store("护栏断了") == sorted(["护", "栏", "断", "了", "护栏", "栏断", "断了"])


def test_a_search_asks_for_pairs_and_for_a_character_only_when_it_stands_alone() -> None:
    assert tokens_to_find("护栏断") == ["护栏", "栏断"]
    assert tokens_to_find("塘") == ["塘"]


def test_other_words_and_numbers_are_kept_whole_in_lower_case() -> None:
    assert tokens_to_find("Pond RAILING 47号") == ["47", "pond", "railing", "号"]


def test_wide_letters_and_digits_are_the_narrow_ones() -> None:
    assert tokens_to_store("\uff21\uff15号楼") == tokens_to_store("a5号楼")
    assert tokens_to_find("\uff21\uff15号楼") == ["a5", "号楼"]
    assert case_id_in("\uff23\uff38\uff0d2026\uff0d01\uff18042") == 18042


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_every_part_of_a_chinese_text_finds_it(text: str, start: int, end: int) -> None:
    han = "".join(character for character in text if "\u4e00" <= character <= "\u9fff")
    assert set(tokens_to_find(han[start:end])) <= set(tokens_to_store(han))


@given(st.text(max_size=200))
def test_any_text_gives_tokens_that_a_database_takes(text: str) -> None:
    assert all(token and "\x00" not in token for token in tokens_to_store(text) + tokens_to_find(text))
