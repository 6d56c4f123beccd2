"""Where in a text something names or reaches a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

COVER = "▇▇"


class Kind(StrEnum):
    """What was found."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"  # of WeChat or QQ
    BANK_CARD = "bank_card"


@dataclass(frozen=True, order=True)
class Span:
    """Signs `start` up to, but not with, `end`."""

    start: int
    end: int
    kind: Kind


type Finder = Callable[[str], Iterator[Span]]
"""Finds one kind in a text whose signs were made alike (alike_signs)."""

BETWEEN = rf"(?:[^\w{COVER[0]}]|_){{0,4}}"
"""What people put between the signs of one number: nothing, blanks, dashes, points, stars, pictures."""
