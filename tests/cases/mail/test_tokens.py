"""A reply finds its report by a word that nobody can guess."""

from dataclasses import replace

import pytest

from anlan.cases.mail.reading import parsed, read
from anlan.cases.mail.tokens import reply_address, thread_in, token_of

KEY = b"a key of the installation"
NOTHING = read(parsed(b"Subject: x\n\n"), most_photos=0)
WORD = token_of(7, KEY)


@pytest.mark.parametrize(
    "mail",
    [
        replace(NOTHING, answers=("<other@x>", f"<{WORD}.mail.3@anlan>")),
        replace(NOTHING, answers=(f"<{WORD.upper()}.mail.3@ANLAN>",)),
        replace(NOTHING, to=("else@x.cn", f"hazards+{WORD}@city.example")),
    ],
)
def test_a_reply_carries_its_word_in_an_id_or_in_the_address(mail) -> None:
    assert thread_in(mail, KEY) == 7


@pytest.mark.parametrize(
    "mail",
    [
        NOTHING,
        replace(NOTHING, answers=(f"<{token_of(7, b'other')}.mail.3@anlan>", "<7-.x@anlan>")),
        replace(NOTHING, answers=(f"<8{WORD[1:]}.mail.3@anlan>", f"<{WORD}.mail.3@elsewhere>")),
        replace(NOTHING, to=(f"hazards+{WORD[:-1]}@city.example",)),
    ],
)
def test_a_word_that_is_guessed_or_of_another_thread_leads_nowhere(mail) -> None:
    assert thread_in(mail, KEY) is None


def test_the_word_stands_behind_the_plus_of_an_address_that_has_one() -> None:
    assert reply_address("hazards+@city.example", WORD) == f"hazards+{WORD}@city.example"
    assert reply_address("hazards@city.example", WORD) == "hazards@city.example"
