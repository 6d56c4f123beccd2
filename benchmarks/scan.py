"""How long the space-time scan takes on a city, beside a plain numba way in the same run.

The city: 3,550 places of uneven population, 6,000 events in a year of days, 999 replications, as many
threads as there are processors. Medians of 5 whole fits (circles, the observed clusters, replications),
compilation apart. The plain way looks at every window of every circle with one logarithm each, on as many
threads; it makes fewer replications and is scaled up, since it would need minutes to hours. One JSON line a
figure.

`--quick`: a small city, which checks that the two ways agree.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from anlan.stats import PermutationScan, PoissonScan
from anlan.stats.scan._circles import draw_circles
from anlan.stats.scan.terms import Floats, Integers

PERIODS, WINDOW, EVENTS, REPLICATIONS = 365, 60, 6_000, 999
PLACES = 3_550


def city(places: int = PLACES, events: int = EVENTS) -> tuple[Floats, Integers, Floats]:
    """Points (lon, lat), counts (places, 365), population (places,)."""
    rng = np.random.default_rng(20)
    points = np.column_stack([rng.normal(121.4, 0.25, places), rng.normal(28.6, 0.25, places)])
    population = rng.lognormal(7, 0.8, places)
    counts = np.zeros((places, PERIODS), np.int64)
    where = rng.choice(places, events, p=population / population.sum())
    np.add.at(counts, (where, rng.integers(0, PERIODS, events)), 1)
    return points, counts, population


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def plain(
    order: Integers,
    first: Integers,
    counts: Integers,
    expected: Floats,
    total: float,
    window: int,
    anywhere: bool,
) -> float:
    """The best ratio over every window of every circle, as the definition says."""
    best = 0.0
    periods = counts.shape[1]
    inside, beside = np.empty(periods + 1), np.empty(periods + 1)
    held, hoped = np.empty(periods), np.empty(periods)
    for centre in range(first.size - 1):
        held[:] = 0.0
        hoped[:] = 0.0
        for at in range(first[centre], first[centre + 1]):
            held += counts[order[at]]
            hoped += expected[order[at]]
            inside[0] = beside[0] = 0.0
            for t in range(periods):
                inside[t + 1] = inside[t] + held[t]
                beside[t + 1] = beside[t] + hoped[t]
            for end in range(0 if anywhere else periods - 1, periods):
                for start in range(max(0, end - window + 1), end + 1):
                    c, e = inside[end + 1] - inside[start], beside[end + 1] - beside[start]
                    if c >= 2 and c > e:
                        ratio = c * log(c / e) + (total - c) * log((total - c) / (total - e))
                        best = max(best, ratio)
    return best


def plain_seconds(when: str, neighbours: int, made: int, data: tuple[Floats, Integers, Floats]) -> float:
    """Seconds for all replications in the plain way, scaled up from `made`."""
    points, counts, population = data
    circles = draw_circles(points, "lonlat", population, 0.5, neighbours)
    begin = PERIODS - WINDOW if when == "prospective" else 0
    expected = np.outer(population / population.sum(), np.full(PERIODS, counts.sum() / PERIODS))[:, begin:]

    def one(seed: int) -> float:
        rng = np.random.default_rng(seed)
        cells = rng.multinomial(counts.sum(), expected.ravel() / counts.sum())[: expected.size]
        return float(
            plain(
                circles.order,
                circles.first,
                cells.reshape(expected.shape),
                expected,
                float(counts.sum()),
                WINDOW,
                when != "prospective",
            )
        )

    plain(circles.order[:2], np.array([0, 2]), counts[:, begin:], expected, 1e9, 1, when != "prospective")
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, range(made)))
    return (time.perf_counter() - start) * REPLICATIONS / made


def seconds(call: Callable[..., object], *given: object) -> float:
    """The median of five runs, after one that compiles."""
    call(*given)
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        call(*given)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def figure(name: str, value: float, unit: str, reference: tuple[str, float], goal: float) -> None:
    """Print one line."""
    line = {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "reference": reference[0],
        "reference_value": round(reference[1], 3),
        "ratio": round(reference[1] / value, 1),
        "goal": goal,
        "holds": value <= goal,
    }
    print(json.dumps(line), flush=True)


def measure() -> None:
    """All figures of the city."""
    data = city()
    points, counts, population = data
    words = "plain numba, every window with a logarithm, scaled from {} replications"
    poisson = {}
    for when, neighbours, goal, made in (
        ("prospective", 50, 1.0, 8),
        ("prospective", 200, 4.0, 4),
        ("retrospective", 50, 20.0, 2),
    ):
        say(f"scan: {when}, {neighbours} neighbours, {REPLICATIONS} replications")
        options: dict[str, Any] = {
            "when": when,
            "neighbours": neighbours,
            "window": WINDOW,
            "replications": REPLICATIONS,
        }
        value = seconds(PoissonScan(**options, rng=1).fit, points, counts, population)
        poisson[when, neighbours] = value
        name = f"scan_{when}_{neighbours}_neighbours"
        figure(name, value, "s", (words.format(made), plain_seconds(when, neighbours, made, data)), goal)
    for when in ("prospective", "retrospective"):
        say(f"scan: permutation model, {when}")
        options = {"when": when, "neighbours": 50, "window": WINDOW, "replications": REPLICATIONS}
        value = seconds(PermutationScan(**options, rng=1).fit, points, counts)
        twice = 2 * poisson[when, 50]
        figure(f"scan_permutation_{when}", value, "s", ("Poisson model", poisson[when, 50]), twice)
    measure_size()


def measure_size() -> None:
    """Memory of one fit each, and the time to import the package, in processes of their own."""
    for when in ("prospective", "retrospective"):
        say(f"scan: memory, {when}")
        used = int(in_process(["--memory", when]))
        bare = int(in_process(["--memory", "none"]))
        figure(f"scan_memory_{when}", used, "MB", ("the same process before the scan", bare), 500)
    say("scan: import of anlan.stats")
    code = "import time; s = time.perf_counter(); import {}; print(time.perf_counter() - s)"
    ours, numpys = (
        statistics.median(
            float(subprocess.check_output([sys.executable, "-c", code.format(name)])) for _ in range(5)
        )
        for name in ("anlan.stats", "numpy")
    )
    figure("stats_import", ours, "s", ("import numpy", numpys), 0.4)


def in_process(arguments: list[str]) -> str:
    """What this program prints with other arguments."""
    return subprocess.check_output([sys.executable, __file__, *arguments], text=True)


def memory(when: str) -> None:
    """Print the most memory this process ever had, in MB, after one fit (or none).

    Read as the kernel keeps it for this program: `getrusage` hands down the peak of its parent.
    """
    points, counts, population = city()
    if when != "none":
        PoissonScan(when=when, neighbours=50, replications=199, rng=1).fit(points, counts, population)
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) // 1024)


def check() -> None:
    """The two ways agree on a small city."""
    points, counts, population = city(120, 400)
    expected = np.outer(population / population.sum(), np.full(PERIODS, counts.sum() / PERIODS))
    circles = draw_circles(points, "lonlat", population, 0.5, 20)
    for when in ("prospective", "retrospective"):
        begin = PERIODS - WINDOW if when == "prospective" else 0
        scan = PoissonScan(when=when, neighbours=20, replications=19, rng=1).fit(points, counts, population)
        ours = scan.clusters_[0].llr
        span = slice(begin, None)
        cells = (np.ascontiguousarray(each[:, span]) for each in (counts, expected))  # compiled once
        job = (*cells, float(counts.sum()), WINDOW, when != "prospective")
        theirs = plain(circles.order, circles.first, *job)
        if abs(ours - theirs) > 1e-5:
            raise SystemExit(f"scan: {when}: ratio {ours} but the plain way says {theirs}")
        figure(f"scan_agrees_{when}", ours, "llr", ("plain numba", theirs), theirs + 1e-5)


def say(text: str) -> None:
    """Progress, on the error stream."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, or check, as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only check, on a small city")
    parser.add_argument("--memory", choices=["prospective", "retrospective", "none"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.memory:
        memory(asked.memory)
    elif asked.quick:
        check()
    else:
        measure()


if __name__ == "__main__":
    main()
