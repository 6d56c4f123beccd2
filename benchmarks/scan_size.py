"""How often the scan cries wolf: the share of data sets without any cluster that it calls one at 5 %.

A seeded grid: both models, prospective and retrospective, few and many events. A test of the right size
rejects 5 %; `holds` says whether the share lies within three Monte Carlo errors of that, or below it (with
few events ratios tie, and a rank test is then on the careful side). One JSON line a figure; progress goes to
the error stream.

`--quick`: three data sets a case, which says only that every case can be computed.
"""

import argparse
import json
import sys
from itertools import product
from math import sqrt

import numpy as np

from anlan.stats import PermutationScan, PoissonScan

LEVEL, DATA_SETS = 0.05, 2000


def rejected(model: str, when: str, mean: float, seed: int) -> bool:
    """Whether one data set without a cluster is called one."""
    rng = np.random.default_rng([seed, 5])
    points, people = rng.random((30, 2)), rng.lognormal(0, 0.7, 30)
    counts = rng.poisson(mean * people[:, None] * np.ones(20))
    options = {"when": when, "window": 6, "replications": 99, "rng": seed}
    if model == "poisson":
        found = PoissonScan(**options).fit(points, counts, people, geometry="plane").clusters_
    else:
        found = PermutationScan(**options).fit(points, counts, geometry="plane").clusters_
    return len(found) > 0 and found[0].p_value <= LEVEL


def main() -> None:
    """Print one line a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three data sets a case")
    quick = parser.parse_args().quick
    size = 3 if quick else DATA_SETS
    for model, when, mean in product(
        ("poisson", "permutation"), ("prospective", "retrospective"), (0.05, 0.5)
    ):
        name = f"scan_size_{model}_{when}_{mean:g}_a_cell"
        print(f"{name}: {size} data sets", file=sys.stderr, flush=True)
        share = sum(rejected(model, when, mean, seed) for seed in range(size)) / size
        goal = LEVEL + 3 * sqrt(LEVEL * (1 - LEVEL) / size)
        line = {
            "name": name,
            "value": share,
            "unit": "share",
            "reference": "nominal",
            "reference_value": LEVEL,
        }
        line |= {"ratio": round(share / LEVEL, 2), "goal": round(goal, 4), "holds": share <= goal}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
