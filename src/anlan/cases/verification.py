"""Who may say that a hazard is gone, and on what evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.base.errors import Refused
from anlan.cases.terms import Evidence, Rectified
from anlan.places.terms import within
from anlan.staff.terms import Membership

SETTLED = timedelta(minutes=30)
"""For so long after the rectification a sensor must have stayed normal before its word verifies anything."""

FRESH_INTERVALS = 3
"""A sensor whose newest reading is older than so many of its intervals says nothing of now."""


def check_verifier(case: Rectified, memberships: Iterable[Membership]) -> None:
    """Raise Refused unless a person with these memberships is from outside what they would verify.

    "verifier_inside_unit": in whatever role they belong to the responsible unit or one below it; somebody
    who is a verifier at the county and a handler in the responsible unit stays inside it.
    "verifier_rectified": they rectified it themselves, whatever unit they have moved to since.
    """
    held = tuple(memberships)
    if case.unit_path and any(within(each.unit_path, case.unit_path) for each in held):
        raise Refused("verifier_inside_unit", unit=case.unit_path)
    if case.rectified_by_id is not None and any(each.user_id == case.rectified_by_id for each in held):
        raise Refused("verifier_rectified")


def check_evidence(case: Rectified, evidence: Iterable[Evidence]) -> None:
    """Raise Refused unless the place was seen after the rectification.

    Reasons: "nothing_to_verify", "evidence_missing", "evidence_too_old".
    """
    if case.rectified_at is None:
        raise Refused("nothing_to_verify")
    made = [piece.made_at for piece in evidence]
    if not made:
        raise Refused("evidence_missing")
    if not any(at > case.rectified_at for at in made):
        raise Refused("evidence_too_old", rectified_at=case.rectified_at)


def check_drawn(pool: Iterable[int], numbers: Iterable[int]) -> None:
    """Raise Refused("not_drawn") when verifiers were drawn and none of a person's memberships is among them.

    An empty pool is a case for which nobody was drawn: any verifier from outside will do.
    """
    drawn = set(pool)
    if drawn and drawn.isdisjoint(numbers):
        raise Refused("not_drawn")


@dataclass(frozen=True)
class Reading:
    """What a sensor said: which one, when, the value, and between which values nothing is wrong."""

    device: str
    made_at: datetime
    value: float
    lowest: float
    highest: float

    @property
    def is_normal(self) -> bool:
        """Does the value lie between its bounds? One that is no number does not."""
        return self.lowest <= self.value <= self.highest


def check_readings(case: Rectified, readings: Sequence[Reading]) -> None:
    """Raise Refused unless a sensor is back to normal: every reading since the rectification, at least one.

    Reasons: "nothing_to_verify", "evidence_missing", "evidence_too_old", "reading_not_normal".
    """
    check_evidence(case, readings)
    if not all(reading.is_normal for reading in readings if _after(reading, case)):
        raise Refused("reading_not_normal")


@dataclass(frozen=True)
class Watched:
    """What one sensor read since the rectification: how often, and its lowest, highest and newest reading."""

    count: int
    lowest: Reading
    highest: Reading
    newest: Reading
    interval: timedelta

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that stand for all of them."""
        return (self.lowest, self.highest, self.newest)


def check_settled(case: Rectified, watched: Sequence[Watched], now: datetime) -> None:
    """Raise Refused unless every sensor stayed normal since the rectification, for long enough, until now.

    Reasons: as `check_readings`, "reading_not_settled", "reading_stale".
    """
    check_readings(case, [reading for each in watched for reading in each.readings])
    for each in watched:
        if each.newest.made_at < now - each.interval * FRESH_INTERVALS:
            raise Refused("reading_stale", device=each.newest.device)
        if case.rectified_at is not None and each.newest.made_at - case.rectified_at < SETTLED:
            raise Refused("reading_not_settled", device=each.newest.device)


def _after(piece: Evidence, case: Rectified) -> bool:
    return case.rectified_at is not None and piece.made_at > case.rectified_at
