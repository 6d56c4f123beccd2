"""Response rates of a survey."""

from dataclasses import asdict, dataclass

import polars as pl

from anlan.stats import _arrays
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class ResponseRate:
    """AAPOR's response rates (Standard Definitions, 2016, section 'Response rates'); prints as a table.

    `rate_1` complete interviews over all that may be eligible (the strictest); `rate_2` counts partial ones
    too; `rate_3` and `rate_4` are the same two with only the expected share of the unknown taken as
    eligible. `cooperation` and `refusal` are COOP1 and REF1.
    """

    rate_1: float
    rate_2: float
    rate_3: float
    rate_4: float
    cooperation: float
    refusal: float
    eligible_share: float

    def to_frame(self) -> pl.DataFrame:
        """One row with all rates."""
        return pl.DataFrame([asdict(self)])

    def __str__(self) -> str:
        return text_table(self.to_frame())


def response_rate(
    complete: int,
    *,
    partial: int = 0,
    refusal: int = 0,
    non_contact: int = 0,
    other: int = 0,
    unknown: int = 0,
    ineligible: int = 0,
    eligible_share: float | None = None,
) -> ResponseRate:
    """Response rates from the outcome of every address or person drawn.

    One number each, of addresses or persons. unknown: drawn but never found out whether eligible (nobody
    opened). eligible_share: which share of them is taken as eligible, None = as among those that are known
    (eligible over eligible and ineligible). Raises ValueError for numbers negative or not whole, and when
    nobody was eligible.

    Source: American Association for Public Opinion Research (2023) "Standard Definitions", the chapter on
    outcome rates: RR1 to RR6.

    >>> round(response_rate(300, refusal=80, non_contact=70, unknown=50).rate_1, 3)
    0.6
    """
    numbers = (complete, partial, refusal, non_contact, other, unknown, ineligible)
    _arrays.whole(
        complete=complete,
        partial=partial,
        refusal=refusal,
        non_contact=non_contact,
        other=other,
        unknown=unknown,
        ineligible=ineligible,
    )
    if min(numbers) < 0:
        raise ValueError(f"numbers of outcomes start at 0, got {numbers}")
    known = complete + partial + refusal + non_contact + other
    if known == 0:
        raise ValueError("nobody is known to be eligible; a response rate needs at least one")
    share = known / (known + ineligible) if eligible_share is None else eligible_share
    if not 0 <= share <= 1:
        raise ValueError(f"eligible_share is {share}; give a share from 0 to 1")
    answered, expected = complete + partial, known + share * unknown
    return ResponseRate(
        complete / (known + unknown),
        answered / (known + unknown),
        complete / expected,
        answered / expected,
        complete / max(answered + refusal + other, 1),
        refusal / (known + unknown),
        share,
    )
