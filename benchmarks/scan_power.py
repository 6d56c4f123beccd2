"""How often the scan finds a cluster that is there, by how strong it is: the power curves of its page.

100 places of uneven population in a square, 60 days, about 600 or 3,000 events; in the last 7 days, 5
neighbouring places have `risk` times their rate. Found means: the first cluster has p at most .05 in 99
replications and shares a place with the true one. A risk of 1 is no cluster: what is found then is chance.
`holds` says that the share at the strongest risk is at least .8. One JSON line a figure; progress goes to the
error stream.

`--quick`: one data set at the strongest risk of each curve, which says only that each can be computed.
"""

import argparse
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
from _figures import at_least, say

from anlan.stats import PermutationScan, PoissonScan
from anlan.stats.scan.terms import Floats, Integers

LEVEL, DATA_SETS, PLACES, DAYS, SICK, LAST = 0.05, 100, 100, 60, 5, 7
CURVES = (
    ("poisson", "prospective", 600),
    ("poisson", "prospective", 3000),
    ("poisson", "retrospective", 600),
    ("permutation", "prospective", 600),
    ("permutation", "retrospective", 600),
)
"""Model, when, events."""
RISKS = (1.0, 2.0, 3.0, 5.0, 8.0)


def study(risk: float, events: int, seed: int) -> tuple[Floats, Integers, Floats, list[int]]:
    """Points, counts and population of a square with a cluster, and the rows of its places."""
    rng = np.random.default_rng([seed, 11])
    points, people = rng.random((PLACES, 2)), rng.lognormal(0, 0.5, PLACES)
    gaps = np.hypot(*(points - points[0]).T)
    sick = np.argsort(gaps)[:SICK].tolist()
    mean = np.outer(people / people.sum(), np.full(DAYS, events / DAYS))
    mean[sick, -LAST:] *= risk
    return points, rng.poisson(mean), people, sick


def found(model: str, when: str, risk: float, events: int, seed: int) -> bool:
    """Whether the first cluster of one data set is sure, and touches the true one."""
    points, counts, people, sick = study(risk, events, seed)
    options: dict[str, Any] = {"when": when, "window": 14, "replications": 99, "rng": seed}
    if model == "poisson":
        clusters = PoissonScan(**options).fit(points, counts, people, geometry="plane").clusters_
    else:
        clusters = PermutationScan(**options).fit(points, counts, geometry="plane").clusters_
    return bool(clusters) and clusters[0].p_value <= LEVEL and bool({*clusters[0].members} & {*sick})


def main() -> None:
    """Print one line a point of each curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one data set a curve")
    quick = parser.parse_args().quick
    size, risks = (1, RISKS[-1:]) if quick else (DATA_SETS, RISKS)
    for (model, when, events), risk in product(CURVES, risks):
        name = f"scan_power_{model}_{when}_{events}_events_risk_{risk:g}"
        say(f"{name}: {size} data sets")
        share = sum(found(model, when, risk, events, seed) for seed in range(size)) / size
        wanted = 0.8 - 3 * sqrt(0.16 / size) if risk == RISKS[-1] else 0.0
        at_least(name, share, "share", max(0.0, wanted))


if __name__ == "__main__":
    main()
