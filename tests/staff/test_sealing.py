"""What is sealed opens under its key and no other, and looks different each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.staff.sealing import is_sealed, seal, unseal

KEYS = st.text(st.characters(codec="ascii"), min_size=32, max_size=60)
ONE, OTHER = "the first key of an installation", "the second key of an installation"


@given(st.text(max_size=100), KEYS)
def test_what_is_sealed_opens_again(text: str, key: str) -> None:
    sealed = seal(text, [key])
    assert (unseal(sealed, [key]), is_sealed(sealed)) == (text, True)


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=16))
def test_a_seed_is_never_read_off(seed: str) -> None:
    first, second = seal(seed, [ONE]), seal(seed, [ONE])
    assert first != second and seed not in first
    assert not is_sealed(seed)


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = seal("seed", [ONE])
    new = seal("seed", [OTHER, ONE])

    assert unseal(old, [OTHER, ONE]) == "seed" == unseal(new, [OTHER])
    with pytest.raises(Refused, match="factor_unreadable"):
        unseal(old, [OTHER])


@given(st.text(max_size=80))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="factor_unreadable"):
        unseal(text, [ONE])
