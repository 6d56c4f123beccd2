"""Draws that an auditor can repeat: who may verify a case, and which cases are checked a second time.

The city commits itself to a secret seed by publishing the SHA-256 of it. Every draw reads the seed, the case,
what is drawn and its round, so nobody can choose the outcome, and whoever is shown the seed can repeat it.
Each of the eligible gets a ticket, SHA-256 of seed, occasion and its own name; the lowest tickets are drawn.
Tickets depend on nothing else, so the order of the list does not matter, and each of n is drawn equally often
(rendezvous hashing, Thaler and Ravishankar 1998).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from anlan.base.errors import Refused
from anlan.places.terms import within

OF_TICKETS = 2**256


class Purpose(StrEnum):
    """What a draw is for."""

    VERIFIERS = "verifiers"
    SECOND_CHECK = "second_check"
    TASK = "task"  # verifiers of another unit's task in the case
    SUPERVISION = "supervision"  # the number of the occasion is that of the campaign


@dataclass(frozen=True)
class Eligible:
    """A verifier's post that may be drawn: the unit's path and the number of the membership."""

    unit_path: str
    number: int

    @property
    def name(self) -> str:
        """What stands in the list that is published and hashed: "desk.water.:12"."""
        return f"{self.unit_path}:{self.number}"


@dataclass(frozen=True)
class Occasion:
    """What is drawn for, for which case, and for the how-manieth time."""

    purpose: Purpose
    case_id: int
    round: int


def commitment(seed: bytes) -> str:
    """What is published of a seed before anything is drawn with it: its SHA-256, in hexadecimal."""
    return sha256(b"anlan seed " + seed).hexdigest()


def digest_of(eligible: Collection[str]) -> str:
    """The SHA-256 of a list of eligible names, sorted, one a line; the same for every order."""
    return sha256("\n".join(sorted(set(eligible))).encode()).hexdigest()


def ticket(seed: bytes, occasion: Occasion, name: str) -> int:
    """The ticket of one name: a number below OF_TICKETS."""
    said = f"{occasion.purpose} {occasion.case_id} {occasion.round} {name}"
    return int.from_bytes(sha256(seed + said.encode()).digest())


def drawn(seed: bytes, occasion: Occasion, eligible: Collection[str], most: int) -> tuple[str, ...]:
    """Up to `most` of the `eligible` names, those with the lowest tickets first; () from an empty list."""
    return tuple(sorted(set(eligible), key=lambda name: (ticket(seed, occasion, name), name))[:most])


@dataclass(frozen=True)
class Thinning:
    """Of numbered things, every `every`-th is kept: those whose number leaves `rest` when divided by it."""

    every: int
    rest: int

    def keeps(self, number: int) -> bool:
        """Is this number kept?"""
        return number % self.every == self.rest


MOST_REDRAWS = 3
"""So often verifiers are drawn anew for one rectification at most, whoever asks."""


def check_redraw(asked_before: Collection[int], asks: int) -> None:
    """May this person have verifiers drawn anew, after these persons did for the same rectification?

    Who could draw until the lot falls on somebody they like would choose. So nobody asks twice, and all
    together only a few times. Raises Refused: "redraw_by_another", "redrawn_often".
    """
    if len(asked_before) >= MOST_REDRAWS:
        raise Refused("redrawn_often", most=MOST_REDRAWS)
    if asks in asked_before:
        raise Refused("redraw_by_another")


def thinned(seed: bytes, occasion: Occasion, count: int, most: int) -> Thinning:
    """How to thin out `count` numbered things so that about `most` are left to be drawn from.

    The seed says which rest is kept, so each thing is kept equally often, and nobody chooses.
    """
    every = max(-(-count // most), 1)
    return Thinning(every, ticket(seed, occasion, "thinned") % every)


def is_picked(seed: bytes, occasion: Occasion, percent: int) -> bool:
    """Is this case among the `percent` of all that are checked a second time?"""
    return ticket(seed, occasion, "share") * 100 < percent * OF_TICKETS


def outside(eligible: Collection[Eligible], unit_path: str) -> tuple[str, ...]:
    """The names of those whose unit is neither the responsible one nor below it, sorted."""
    kept = (each for each in eligible if not (unit_path and within(each.unit_path, unit_path)))
    return tuple(sorted(each.name for each in kept))


def check(
    seed: bytes,
    occasion: Occasion,
    *,
    eligible: Collection[str],
    digest: str,
    committed: str,
    result: Collection[str],
    most: int,
    unit_path: str,
) -> None:
    """Repeat a draw from what was kept of it.

    Raises Refused: "seed_not_committed", "list_changed", "drawn_inside_unit", "result_differs".
    """
    if commitment(seed) != committed:
        raise Refused("seed_not_committed")
    if digest_of(eligible) != digest:
        raise Refused("list_changed")
    if unit_path and any(within(name.rpartition(":")[0], unit_path) for name in eligible):
        raise Refused("drawn_inside_unit")
    if drawn(seed, occasion, eligible, most) != tuple(result):
        raise Refused("result_differs")
