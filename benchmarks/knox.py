"""How long Knox's test takes with 999 permutations, beside a plain numpy way in the same run.

Events: half of them at places and times of their own, half near and soon after another one, in a square
city over three years. One JSON line a figure; medians of 5, compilation apart.

`--quick`: a small version that checks that the two ways agree.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from anlan.stats import knox
from anlan.stats._arrays import Floats

GOALS = {336: 0.05, 20_000: 30.0}


def city(events: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Places in metres (side so that density is that of a city) and days in three years."""
    side = 10_000 * (events / 20_000) ** 0.5
    points, times = rng.uniform(0, side, (events, 2)), rng.integers(0, 1095, events).astype(float)
    half = events // 2
    points[half:] = points[: events - half] + rng.normal(0, 100, (events - half, 2))
    times[half:] = times[: events - half] + rng.integers(0, 15, events - half)
    return points, times


def plain(
    points: Floats, times: Floats, distance: float, interval: float, permutations: int, seed: int
) -> float:
    """The p value with all pairs in two matrices, one permutation after the other."""
    rng = np.random.default_rng(seed)
    gaps = points[:, None, :] - points[None, :, :]
    near = np.sqrt((gaps**2).sum(axis=2)) <= distance
    soon = np.abs(times[:, None] - times[None, :]) <= interval
    np.fill_diagonal(near, False)
    observed = (near & soon).sum()
    above = 0
    for _ in range(permutations):
        order = rng.permutation(len(times))
        above += (near & soon[np.ix_(order, order)]).sum() >= observed
    return float((1 + above) / (permutations + 1))


def seconds(call: Callable[[], object], times: int = 5) -> float:
    """The median of so many runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def measure(events: int, permutations: int, reference_permutations: int) -> dict[str, object]:
    """One figure; the plain way runs fewer permutations and is scaled up, since it needs minutes."""
    points, times = city(events, np.random.default_rng(events))
    say(f"knox: {events} events, {permutations} permutations")
    value = seconds(lambda: knox(points, times, distance=200, interval=14, permutations=permutations, rng=1))
    # The plain way needs matrices of all pairs: beyond 4,000 events it is measured there and scaled.
    some = min(events, 4_000)
    part = (points[:some], times[:some], 200, 14, reference_permutations, 1)
    reference = (
        seconds(lambda: plain(*part), 3) * permutations / reference_permutations * (events / some) ** 2
    )
    goal = GOALS.get(events)
    return {
        "name": f"knox_{events}_events_{permutations}_permutations",
        "value": round(value, 4),
        "unit": "s",
        "reference": "plain numpy, scaled from fewer permutations and events",
        "reference_value": round(reference, 3),
        "ratio": round(reference / value, 1),
        "goal": goal,
        "holds": goal is None or value <= goal,
    }


def check() -> None:
    """The two ways agree on the p value within the noise of their permutations."""
    points, times = city(120, np.random.default_rng(5))
    points[60:] = np.random.default_rng(6).uniform(0, 700, (60, 2))
    ours = knox(points, times, distance=200, interval=14, permutations=999, rng=1).p_value
    theirs = plain(points, times, 200, 14, 999, 2)
    if abs(ours - theirs) > 4 * (0.25 / 999) ** 0.5:
        raise SystemExit(f"knox: p {ours} but the plain way says {theirs}")


def say(text: str) -> None:
    """Progress, on the error stream."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run all figures, or the small check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="check that the two ways agree, small sizes")
    quick = parser.parse_args().quick
    check()
    for events, permutations, reference in [(200, 99, 9)] if quick else [(336, 999, 99), (20_000, 999, 3)]:
        print(json.dumps(measure(events, permutations, reference)), flush=True)


if __name__ == "__main__":
    main()
