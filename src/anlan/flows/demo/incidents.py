"""Harm that happened in the made-up city, with the pattern of its weeks and years."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from math import cos, pi
from random import Random
from typing import Any

from anlan.flows.demo import land


@dataclass(frozen=True)
class Harm:
    """How often a kind happens, when, and what it does."""

    kind: str
    per_day: float
    summer: float  # July against January
    weekend: float  # Saturday and Sunday against the other days
    injured: float  # on average
    killed: float


HARMS = (
    Harm("collision", 8.0, 1.1, 0.85, 0.45, 0.02),
    Harm("fire", 2.4, 0.6, 1.05, 0.05, 0.008),
    Harm("drowning", 0.1, 6.0, 1.6, 0.2, 0.7),
    Harm("theft", 7.0, 1.2, 1.1, 0.0, 0.0),
)


def incidents(
    rng: Random, villages: list[land.Ground], areas: dict[str, int], first: datetime, now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Rows of incidents from `first` to `now`, in the order of time within a day."""
    day = first
    while day < now:
        for harm in HARMS:
            for number in range(_count(rng, _rate(harm, day))):
                at = day + timedelta(seconds=rng.randrange(86_400))
                if at < now:
                    yield _row(rng, harm, at, rng.choice(villages), areas, f"{day:%Y%m%d}{harm.kind}{number}")
        day += timedelta(days=1)


def _rate(harm: Harm, day: datetime) -> float:
    season = (1 - cos(2 * pi * (day.timetuple().tm_yday - 15) / 365.25)) / 2
    weekend = harm.weekend if day.weekday() >= 5 else 1.0
    return harm.per_day * (1 + (harm.summer - 1) * season) * weekend


def _count(rng: Random, mean: float) -> int:
    """A Poisson count, by the gaps between events."""
    count, gone = 0, rng.expovariate(1.0)
    while gone < mean:
        count += 1
        gone += rng.expovariate(1.0)
    return count


def _row(
    rng: Random, harm: Harm, at: datetime, village: land.Ground, areas: dict[str, int], key: str
) -> tuple[Any, ...]:
    lng, lat = land.somewhere(rng, village) if rng.random() < 0.95 else (None, None)
    return (
        *(harm.kind, at, areas[village.code], village.path, lng, lat),
        *(_count(rng, harm.injured), int(rng.random() < harm.killed)),
        *("synthetic", blake2b(key.encode(), digest_size=16).digest()),
    )
