"""From the best window of every circle to the list of clusters."""

import numpy as np
from numpy.typing import NDArray

from anlan.stats._compiling import compiled
from anlan.stats.scan._circles import Circles
from anlan.stats.scan._likelihood import SLACK
from anlan.stats.scan.terms import Floats, Integers, Share


def ranked(circles: Circles, ratios: Floats, starts: Integers, ends: Integers) -> Integers:
    """Where in `circles.order` the circles with a ratio above 0 end, best first.

    Ties go to fewer places, then the smaller radius, the shorter time, the earlier, the first centre.
    """
    found = np.flatnonzero(ratios > SLACK)
    found = found[np.argsort(-ratios[found], kind="stable")]
    falls = np.diff(ratios[found], prepend=np.inf) < -SLACK * np.maximum(1.0, ratios[found])
    centre = np.searchsorted(circles.first, found, side="right") - 1
    size = found - circles.first[centre]
    radius = circles.distance[found]
    radius = np.round(radius / max(1e-300, radius.max(initial=0.0)), 9)
    keys = (centre, starts[found], ends[found] - starts[found], radius, size, np.cumsum(falls))
    return found[np.lexsort(keys)]


def apart(order: Integers, first: Integers, ranking: Integers, n: int) -> Integers:
    """Of `ranking`, the circles that share no place with an earlier one of them."""
    kept = np.zeros(ranking.size, np.bool_)
    centres = np.searchsorted(first, ranking, side="right") - 1
    _keep_apart(order, first, ranking, centres, np.diff(first), np.zeros(n, np.bool_), kept)
    return ranking[kept]


@compiled()
def _keep_apart(
    order: Integers,
    first: Integers,
    ranking: Integers,
    centres: Integers,
    free: Integers,
    taken: NDArray[np.bool_],
    kept: NDArray[np.bool_],
) -> None:
    """Note which are `kept`; `free` says of each centre how many places outwards are known to be free."""
    for number in range(ranking.size):
        at, centre = ranking[number], centres[number]
        wanted = at - first[centre] + 1
        for rank in range(min(wanted, free[centre])):
            if taken[order[first[centre] + rank]]:
                free[centre] = rank
                break
        if wanted <= free[centre]:
            for rank in range(wanted):
                taken[order[first[centre] + rank]] = True
            kept[number] = True


def relative_risk(observed: float, expected: float, total: float) -> float:
    """Rate inside over rate outside; half an event is put outside (and expected) where there is none."""
    if expected <= 0:
        return 0.0
    outside, expected_outside = total - observed, total - expected
    if outside <= 0 or expected_outside <= 0:
        outside, expected_outside = outside + 0.5, max(0.0, expected_outside) + 0.5
    return (observed / expected) / (outside / expected_outside)


def shares_of(observed: Integers, expected: Floats, totals: Floats, ratios: Floats) -> tuple[Share, ...]:
    """What each kind adds to one cylinder."""
    kinds = enumerate(zip(observed, expected, totals, ratios, strict=True))
    return tuple(
        Share(kind, int(c), float(e), relative_risk(float(c), float(e), float(total)), float(ratio))
        for kind, (c, e, total, ratio) in kinds
    )
