"""Whole lists of clusters against an enumeration in fractions, on tiny cities of every kind.

Written apart from the code and from `plainly.py`: expectations and shares are fractions, so that ties and a
share that is reached exactly are told without rounding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement, permutations
from math import asin, cos, factorial, hypot, log, radians, sin, sqrt
from typing import Any

import numpy as np
import pytest

from anlan.stats.scan import Cluster, PermutationScan, PoissonScan


@dataclass(frozen=True)
class City:
    points: Any
    counts: Any
    expected: list[list[Fraction]]
    weights: list[int]
    live: list[int]
    geometry: str
    options: dict[str, Any]
    share: Fraction
    found: list[Cluster]


@dataclass(frozen=True)
class Cylinder:
    members: list[int]
    radius: float
    times: tuple[int, int]
    observed: int
    expected: Fraction
    llr: float


def distance(city: City, a: int, b: int) -> float:
    (x, y), (v, w) = city.points[a], city.points[b]
    if city.geometry == "plane":
        return round(hypot(x - v, y - w), 9)
    x, y, v, w = map(radians, (x, y, v, w))
    half = sin((w - y) / 2) ** 2 + cos(y) * cos(w) * sin((v - x) / 2) ** 2
    return round(2 * 6371 * asin(min(1.0, sqrt(half))), 5)


def zones(city: City) -> list[tuple[list[int], float]]:
    found = []
    whole = sum(city.weights)
    for centre in city.live:
        gaps = {place: distance(city, centre, place) for place in city.live}
        for radius in sorted(set(gaps.values())):
            members = [place for place in city.live if gaps[place] <= radius]
            if sum(city.weights[place] for place in members) > city.share * whole:
                break
            if radius > 0 and len(members) > (city.options["neighbours"] or len(gaps)):
                break
            found.append((members, radius))
    return found


def times(city: City) -> list[tuple[int, int]]:
    periods, window, when = city.counts.shape[1], city.options["window"], city.options["when"]
    return [
        (start, end)
        for end in range(periods)
        for start in range(end + 1)
        if when == "never" or (end - start < window and (when == "retrospective" or end == periods - 1))
    ]


def cylinders(city: City) -> list[Cylinder]:
    total, high = int(city.counts.sum()), city.options["rates"] == "high"
    found = []
    for members, radius in zones(city):
        for start, end in times(city):
            cells = [(place, t) for place in members for t in range(start, end + 1)]
            c = sum(int(city.counts[cell]) for cell in cells)
            e = sum((city.expected[place][t] for place, t in cells), Fraction(0))
            told = c > e and c >= city.options["min_events"] if high else c < e < total
            if told:
                llr = (c * log(c / e) if c else 0.0) + (
                    (total - c) * log((total - c) / (total - e)) if c < total else 0.0
                )
                found.append(Cylinder(members, radius, (start, end), c, e, llr))
    return [one for one in found if one.llr > 1e-9]


def drawn(seed: int) -> City:
    rng = np.random.default_rng(seed)
    when = str(rng.choice(["prospective", "retrospective", "never"]))
    n, periods = int(rng.integers(1, 8)), 1 if when == "never" else int(rng.integers(1, 8))
    permuted = when != "never" and bool(rng.random() < 0.4)
    geometry = str(rng.choice(["plane", "lonlat"]))
    points = rng.integers(0, rng.choice([2, 3, 30]), (n, 2)) * 1.0  # many at one point, many as far
    base = rng.integers(rng.integers(2), rng.choice([2, 4, 20]), (n, periods))
    base[0, 0] += base.sum() == 0
    counts = rng.poisson(rng.choice([0.2, 1, 3, 30]), (n, periods)) * (permuted | (base > 0))
    share = Fraction(int(rng.integers(1, 21)), 20)
    options = {
        "window": int(rng.integers(1, periods + 3)),
        "neighbours": int(rng.integers(1, n + 2)) if rng.random() < 0.5 else None,
        "when": when,
        "rates": str(rng.choice(["high", "low"])),
        "min_events": int(rng.integers(1, 6)),
    }
    scan: Any = (PermutationScan if permuted else PoissonScan)(
        **options, max_share=float(share), replications=0
    )
    given = (points, counts) if permuted else (points, counts, base * float(rng.choice([1, 2.5, 1e-6])))
    found = scan.fit(*given, geometry=geometry).clusters_
    by_place = counts if permuted else base
    total, whole = int(counts.sum()), max(int(by_place.sum()), 1)
    expected = [
        [
            Fraction(int(counts[i].sum()) * int(counts[:, t].sum()), whole)
            if permuted
            else Fraction(int(base[i, t]) * total, whole)
            for t in range(periods)
        ]
        for i in range(n)
    ]
    live = [i for i in range(n) if permuted or base[i].any()]
    return City(
        points, counts, expected, by_place.sum(axis=1).tolist(), live, geometry, options, share, list(found)
    )


def check(city: City) -> None:
    left, total = cylinders(city) if city.counts.any() else [], int(city.counts.sum())
    for one in city.found:
        top = max(cylinder.llr for cylinder in left)
        best = [cylinder for cylinder in left if cylinder.llr >= top - 1e-9 * max(1.0, top)]
        smallest = min(len(cylinder.members) for cylinder in best)
        best = [cylinder for cylinder in best if len(cylinder.members) == smallest]
        (same, *_) = [c for c in best if c.members == one.members and c.times == (one.start, one.end)]
        assert one.centre in one.members
        assert one.radius == pytest.approx(min(cylinder.radius for cylinder in best), abs=1e-4)
        assert (one.observed, one.expected) == (same.observed, pytest.approx(float(same.expected)))
        assert one.llr == pytest.approx(same.llr, rel=1e-8)
        if same.observed < total and same.expected < total:
            outside = (total - same.observed) / (total - same.expected)
            assert one.relative_risk == pytest.approx(float(same.observed / same.expected / outside))
        left = [cylinder for cylinder in left if not set(cylinder.members) & set(one.members)]
    assert left == []


@pytest.mark.parametrize("block", range(4))
def test_all_clusters_of_tiny_cities_are_those_of_an_enumeration(block: int) -> None:
    cities = [drawn(seed) for seed in range(60 * block, 60 * (block + 1))]
    for city in cities:
        check(city)
    assert sum(len(city.found) for city in cities) > 30


BASE = np.array([[1, 3, 1], [2, 2, 2], [1, 1, 3]])
"""Of three places on a line, in three periods."""
EVENTS = [(0, 2), (0, 2), (2, 0), (2, 1), (1, 0)]


def counted(events: Any) -> Any:
    counts = np.zeros((3, 3), int)
    for event in events:
        counts[event] += 1
    return counts


def dealt(permuted: bool) -> Iterator[tuple[float, Any]]:
    """Every set of counts that chance can make of five events, with its probability."""
    if permuted:
        places, times = zip(*EVENTS, strict=True)
        for order in permutations(times):
            yield 1 / factorial(5), counted(zip(places, order, strict=True))
        return
    cells = [(place, t) for place in range(3) for t in range(3)]
    for events in combinations_with_replacement(cells, 5):
        counts = counted(events)
        ways = factorial(5) / np.prod([factorial(count) for count in counts.flat])
        yield float(ways * np.prod((BASE / BASE.sum()) ** counts)), counts


@pytest.mark.parametrize(("permuted", "when"), [(False, "prospective"), (True, "retrospective")])
def test_the_p_value_is_the_share_of_all_that_chance_can_make(permuted: bool, when: str) -> None:
    options = {"window": 2, "neighbours": None, "when": when, "rates": "high", "min_events": 2}

    def city(counts: Any) -> City:
        base = np.outer(counts.sum(axis=1), counts.sum(axis=0)) if permuted else BASE
        expected = [[Fraction(int(cell) * 5, int(base.sum())) for cell in row] for row in base]
        weights = (counts if permuted else BASE).sum(axis=1).tolist()
        points = [(0.0, 0.0), (1.0, 0.0), (3.0, 0.0)]
        return City(points, counts, expected, weights, [0, 1, 2], "plane", options, Fraction(3, 4), [])

    def best(counts: Any) -> float:
        return max((cylinder.llr for cylinder in cylinders(city(counts))), default=0.0)

    seen, exact = counted(EVENTS), 0.0
    wanted = best(seen)
    known: dict[bytes, float] = {}
    for chance, counts in dealt(permuted):
        key = counts.tobytes()
        known[key] = known[key] if key in known else best(counts)
        exact += chance * (known[key] >= wanted - 1e-9)
    scan: Any = (PermutationScan if permuted else PoissonScan)(
        **options, max_share=0.75, replications=4999, rng=1
    )
    given = ([[0, 0], [1, 0], [3, 0]], seen) if permuted else ([[0, 0], [1, 0], [3, 0]], seen, BASE)
    found = scan.fit(*given, geometry="plane").clusters_[0].p_value
    assert 0.005 < exact < 0.9
    assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 4999) ** 0.5 + 2e-4)
