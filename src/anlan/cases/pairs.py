"""How often the same two people meet, one rectifying, the other verifying: a count without names."""

from collections import Counter
from collections.abc import Hashable, Iterable

AGAIN = 3
"""A pair that met less often in a month did not meet again and again."""


def met_most(meetings: Iterable[tuple[Hashable, Hashable]]) -> int:
    """How many of a unit's meetings in a month are those of its most frequent pair; 0 below AGAIN.

    Each meeting is one verified case: who rectified it and who verified it.
    """
    most = max(Counter(meetings).values(), default=0)
    return most if most >= AGAIN else 0
