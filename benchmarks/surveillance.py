"""How long Farrington's test takes for one week of a whole city, beside statsmodels in the same run.

The city: 3,429 areas x 8 kinds of events = 27,432 weekly series of six years, most of them rare, some
seasonal, over-dispersed, with a trend or with an outbreak in the past. Medians of 5, compilation apart. The
reference fits the same model (with its second, weighted fit) by statsmodels' GLM to a sample of the series,
and is scaled up to all of them.

`--quick`: a small city, and a check that the two ways agree.
"""

import argparse
import json
import statistics
import sys
import time
from typing import Any

import numpy as np
import statsmodels.api as sm

from anlan.stats import Farrington
from anlan.stats._arrays import Floats

AREAS, KINDS, WEEKS, NOW = 3_429, 8, 312, 311
GOAL = 3.0


def city(series: int, rng: np.random.Generator) -> Floats:
    """Weekly counts (series, WEEKS): from one in two years to thirty a week."""
    weeks = np.arange(WEEKS)
    level = np.exp(rng.uniform(np.log(0.01), np.log(30), (series, 1)))
    season = 1 + rng.uniform(0, 0.8, (series, 1)) * np.sin(2 * np.pi * (weeks / 52 + rng.random((series, 1))))
    mean = level * season * np.exp(rng.normal(0, 0.1, (series, 1)) * weeks / 52)
    wide = rng.gamma(5, 1 / 5, (series, WEEKS)) * (rng.random((series, 1)) < 0.5)
    counts = rng.poisson(mean * np.where(wide > 0, wide, 1.0)).astype(float)
    struck = rng.integers(100, 280, series // 20)
    counts[np.arange(len(struck)), struck] *= 4
    return counts


def plain(counts: Floats) -> float:
    """The bound on the 2/3 power of one series by statsmodels, without any care for series that do not
    fit.
    """
    rows = np.arange(NOW - 4 * 52 - 3, NOW - 26)
    phase = (rows - NOW + 3) % 52 - 7
    part = np.where(phase < 0, 0, 1 + phase * 9 // 45)
    design = np.column_stack([*(part == g for g in range(10)), (rows - NOW) / 52]).astype(float)
    y, weights = counts[rows], np.ones(len(rows))
    for columns in (11, 10):
        now = np.eye(11)[0, :columns]
        for again in (True, False):
            model = sm.GLM(y, design[:, :columns], family=sm.families.Poisson(), freq_weights=weights)
            fitted = model.fit(tol=1e-10)
            mu = fitted.fittedvalues
            phi = max(1.0, float((weights * (y - mu) ** 2 / mu).sum()) / (len(y) - columns))
            if again:
                hat = np.asarray(fitted.get_hat_matrix_diag())
                s = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - mu**0.5) / np.sqrt(phi * (1 - hat))
                weights = np.where(s > 2.58, np.maximum(s, 2.58) ** -2.0, 1.0)
                weights *= len(y) / weights.sum()
        expected = float(np.exp(now @ fitted.params))
        if columns == 10 or expected <= y.max():
            break
        weights = np.ones(len(rows))
    variance = float(
        now @ np.linalg.inv((design[:, :columns].T * (weights * mu)) @ design[:, :columns]) @ now
    )
    error = np.sqrt(4 / 9 * expected ** (1 / 3) * phi * (1 + expected * variance))
    return float((expected ** (2 / 3) + 1.6448536269514722 * error) ** 1.5)


def check(counts: Floats) -> None:
    """The two ways agree on series that hold enough events for statsmodels."""
    full = counts[np.flatnonzero(counts.mean(axis=1) > 5)[:8]]
    ours, theirs = Farrington().fit(full, [NOW]).upper_[:, 0], [plain(row) for row in full]
    if not np.allclose(ours, theirs, rtol=1e-6):
        raise SystemExit(f"surveillance: the bounds {ours} are not those of statsmodels, {theirs}")


def seconds(counts: Floats, bound: Any, times: int) -> tuple[float, float]:
    """The medians of so many runs: by the clock, and of the processors together."""
    taken = []
    for _ in range(times):
        start, busy = time.perf_counter(), time.process_time()
        Farrington(bound=bound).fit(counts, [NOW])
        taken.append((time.perf_counter() - start, time.process_time() - busy))
    clock, processors = zip(*taken, strict=True)
    return statistics.median(clock), statistics.median(processors)


def figure(name: str, value: float, theirs: float) -> dict[str, object]:
    """One line: ours in seconds beside theirs."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": "s",
        "reference": "statsmodels GLM a series, scaled from a sample, one core",
        "reference_value": round(theirs, 1),
        "ratio": round(theirs / value, 1),
        "goal": GOAL,
        "holds": value <= GOAL,
    }


def reference(counts: Floats, sample: int) -> float:
    """Seconds for all series by statsmodels, scaled from a sample that holds enough events to be fitted."""
    rich = counts[np.flatnonzero(counts.mean(axis=1) > 2)[:sample]]
    start = time.process_time()
    for row in rich:
        plain(row)
    return (time.process_time() - start) / len(rich) * len(counts)


def main() -> None:
    """Run the figures, or the small check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small city, and whether the two ways agree")
    quick = parser.parse_args().quick
    series = 400 if quick else AREAS * KINDS
    counts = city(series, np.random.default_rng(1))
    check(counts)
    print(f"surveillance: {series} series by statsmodels on a sample", file=sys.stderr, flush=True)
    theirs = reference(counts, 5 if quick else 60)
    for bound in ("delta", "negbin", "muan", "predictive"):
        print(f"surveillance: {series} series, bound {bound}", file=sys.stderr, flush=True)
        seconds(counts[:100], bound, 1)
        clock, processors = seconds(counts, bound, 1 if quick else 5)
        name = f"farrington_one_week_{series}_series_{bound}"
        print(json.dumps(figure(name, clock, theirs)), flush=True)
        print(json.dumps(figure(f"{name}_processor_time", processors, theirs)), flush=True)


if __name__ == "__main__":
    main()
