"""Several indices in one number, with weights that add to 1 and a direction that is known.

An index that is better when lower goes in as 1 minus its share. The weight of a part without data is shared
by the others in proportion, and the number says how much of its weight has data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from anlan.base.errors import Refused
from anlan.cases.indices import FORMULAS, Better, Index, Share
from anlan.outcomes.score_definitions import FIRST


@dataclass(frozen=True)
class Composite:
    """Weights of indices, as fractions; they must be above 0 and add to exactly 1.

    Raises Refused("weights_do_not_add", "weight_not_positive", "index_has_no_direction").
    """

    version: int
    effective: date
    weights: Mapping[Index, Fraction]

    def __post_init__(self) -> None:
        for index, weight in self.weights.items():
            if weight <= 0:
                raise Refused("weight_not_positive", index=index)
            if FORMULAS[index].better is Better.NEITHER:
                raise Refused("index_has_no_direction", index=index)
        total = sum(self.weights.values())
        if total != 1:
            raise Refused("weights_do_not_add", total=f"{float(total):.4g}")


COMPOSITES = (
    Composite(
        1,
        FIRST,
        MappingProxyType(
            {
                Index.ON_TIME: Fraction("0.35"),
                Index.CLOSED: Fraction("0.15"),
                Index.FIRST_TIME_FIX: Fraction("0.25"),
                Index.REWORK: Fraction("0.15"),
                Index.RECURRENCE: Fraction("0.10"),
            }
        ),
    ),
)
"""The composite of handling units, in its versions."""


@dataclass(frozen=True)
class Composed:
    """A composite's value, 0 to 1 and higher is better, and the share of its weight that has data."""

    value: float
    weight_with_data: float


def composite_for(month: date) -> Composite:
    """The composite that holds for the month beginning at `month`."""
    return max((each for each in COMPOSITES if each.effective <= month), key=lambda each: each.effective)


def compose(composite: Composite, shares: Mapping[Index, Share]) -> Composed | None:
    """The composite of these figures; None is "no data": not one of its parts has any."""
    parts = [
        (weight, _good(index, share))
        for index, weight in composite.weights.items()
        if (share := shares.get(index, Share(0, 0))).denominator
    ]
    known = sum((weight for weight, _ in parts), Fraction(0))
    if not known:
        return None
    value = sum((weight * good for weight, good in parts), Fraction(0)) / known
    return Composed(float(value), float(known))


def _good(index: Index, share: Share) -> Fraction:
    """The share of cases that went well."""
    bad = FORMULAS[index].better is Better.LOWER
    return Fraction(share.denominator - share.numerator if bad else share.numerator, share.denominator)
