"""Kind and place are taken from a mail only where they are clear."""

from dataclasses import dataclass

import pytest

from anlan.cases.mail.naming import kind_named, sentence_with
from anlan.cases.words import written_in


@dataclass(frozen=True)
class Kind:
    code: str
    name_zh: str
    name_en: str


FAMILIES = [Kind("fire", "火灾", "Fire"), Kind("water", "水边", "By the water")]
KINDS = [Kind("open_water", "临水防护", "Unfenced water"), Kind("charging", "违规充电", "Unsafe charging")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("临水防护：荻花村的护栏断了", "open_water"),
        ("There is unfenced water near us", "open_water"),
        ("水边很危险", "water"),
        ("违规充电，怕引起火灾", "charging"),
        ("违规充电和临水防护都要管", ""),
        ("护栏断了", ""),
        ("Fireworks everywhere", ""),
    ],
)
def test_the_one_kind_that_is_named_is_meant(words: str, code: str) -> None:
    assert kind_named(words, KINDS, FAMILIES) == code


def test_the_place_is_the_sentence_in_which_it_is_named() -> None:
    assert sentence_with("荻花村", "你好。荻花村口小店对面！护栏断了") == "荻花村口小店对面"
    assert sentence_with("荻花村", "护栏断了") == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("护栏断了", "zh-hans"),
        ("The rail", "en"),
        ("在 Xinhua Road 的护栏断了", "zh-hans"),
        ("123", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_by_the_letters(text: str, language: str) -> None:
    assert written_in(text) == language
