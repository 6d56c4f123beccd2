"""Receipt codes: slips are caught, typing is forgiven, nothing of a code is kept."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlan.publishing.receipts import (
    as_typed,
    check_digit,
    code_from,
    derived_code,
    grouped,
    is_code,
    key_of,
    slow_hash,
)

codes = st.integers(0, 10**15 - 1).map(code_from)
SALT = b"\x07" * 32


def test_the_check_digit_is_the_one_of_damms_example() -> None:
    assert check_digit("572") == "4"


@given(codes)
def test_a_code_is_sixteen_digits_that_check(code: str) -> None:
    assert len(code) == 16
    assert is_code(code)


@given(codes, st.integers(0, 15), st.integers(1, 9))
def test_a_single_wrong_digit_is_caught(code: str, at: int, off: int) -> None:
    wrong = str((int(code[at]) + off) % 10)

    assert not is_code(code[:at] + wrong + code[at + 1 :])


@given(codes, st.integers(0, 14))
def test_a_swap_of_neighbours_is_caught(code: str, at: int) -> None:
    assume(code[at] != code[at + 1])

    assert not is_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@given(codes, st.sampled_from([" ", "-", "  ", "－", "–", "\u3000", ".", " - "]), st.booleans())
def test_what_people_type_is_the_code(code: str, between: str, is_full_width: bool) -> None:
    typed = grouped(code).replace(" ", between)
    if is_full_width:
        typed = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in typed)

    assert as_typed(f" {typed}\n") == code


@given(st.text(max_size=60))
def test_any_words_are_a_code_or_none(words: str) -> None:
    code = as_typed(words)

    assert code is None or is_code(code)


@pytest.mark.parametrize(
    "words",
    ["", "1234", "1234 5678 9012 3456 7", "abcd efgh ijkl mnop", "१२३४५६७८९०१२३४५६"],
)
def test_what_cannot_be_a_code_is_none(words: str) -> None:
    assert as_typed(words) is None


def test_a_code_is_read_in_fours() -> None:
    assert grouped("1234567890123456") == "1234 5678 9012 3456"


@given(st.binary(min_size=16, max_size=32), st.text(min_size=20, max_size=60))
def test_the_same_form_gives_the_same_code_and_another_attempt_another(secret: bytes, token: str) -> None:
    assert derived_code(secret, token) == derived_code(secret, token)
    assert derived_code(secret, token, 1) != derived_code(secret, token)


def test_another_installation_gives_another_code() -> None:
    assert derived_code(b"one", "token") != derived_code(b"two", "token")


def test_a_token_has_one_key_and_no_other_has_it() -> None:
    assert key_of("token") == key_of("token")
    assert key_of("token") != key_of("Token")


def test_the_hash_depends_on_code_and_salt_and_fits_its_column() -> None:
    code, other = code_from(1), code_from(2)

    hashes = {slow_hash(code, SALT), slow_hash(other, SALT), slow_hash(code, b"\x08" * 32)}

    assert len(hashes) == 3
    assert {len(value) for value in hashes} == {32}
