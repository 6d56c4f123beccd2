"""How often the intervals of rates hold the truth, and how often surveillance alarms without cause.

Simulated with known truth over a grid that holds the hard cases on purpose: rare counts, over-dispersion,
short series, slow recording. A figure is the share of 95 % intervals that hold the truth (coverage), the
share of judged weeks in which nothing happened that alarm (size), or, for what has no nominal size, the same
as a plain figure (alarms). One JSON line a figure; `holds` says whether it is within three Monte Carlo errors
of nominal or on the careful side of it. `reference` is "nominal" where anlan answers for the figure: these
are to hold. It is "nominal, published formula" where the formula is that of a paper or of R, whose true
figure is told as it is, beside one that holds; and "nominal, misused" where a method meets counts that
it is not made for.

`--quick`: a few runs of each case, which says only that every case can be computed.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from anlan.stats import (
    CountGlr,
    Cusum,
    Ears,
    EmpiricalBayes,
    Farrington,
    Nowcast,
    binomial_interval,
    false_discovery,
    funnel_limits,
    poisson_interval,
    rate_ratio,
    standardise,
)
from anlan.stats._arrays import Flags, Floats

Rng = np.random.Generator
SPREADS = ("multiplicative", "additive")
Case = Callable[[Rng, int], Any]
"""So many runs: for each, whether the interval held (coverage) or the detector alarmed (size, alarms)."""


def held(lower: Any, upper: Any, truth: Any) -> Flags:
    """Whether each interval holds the truth."""
    return np.asarray((np.asarray(lower) <= truth) & (truth <= np.asarray(upper)))


def counts(mean: Any, rng: Rng, shape: Any, size: float = np.inf) -> Floats:
    """Poisson counts, or negative binomial ones with variance mean + mean**2 / size."""
    wide = rng.gamma(size, 1 / size, shape) if np.isfinite(size) else 1.0
    return rng.poisson(mean * wide, shape).astype(float)


def poisson(mean: float, method: Any, size: float = np.inf) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        found = poisson_interval(counts(mean, rng, runs, size), 1.0, method=method)
        return held(found.lower, found.upper, mean)

    return run


def binomial(trials: int, share: float, method: Any) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        found = binomial_interval(rng.binomial(trials, share, runs), trials, method=method)
        return held(found.lower, found.upper, share)

    return run


def ratio(mean: float, base: float, method: Any) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        found = rate_ratio(rng.poisson(mean, runs), rng.poisson(base, runs))
        return held(*getattr(found, method), mean / base)

    return run


def ratio_size(mean: float, method: Any) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        found = rate_ratio(rng.poisson(mean, runs), rng.poisson(mean, runs))
        return np.asarray(getattr(found, f"p_{method}")) <= 0.05

    return run


def direct(mean: float) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        exposure, standard = np.array([10.0, 20, 40, 20, 10]), np.array([30.0, 20, 20, 20, 10])
        rates = mean / exposure * np.array([0.2, 0.5, 1, 2, 4])
        seen = rng.poisson(rates * exposure, (runs, 5))
        found = standardise(seen, np.tile(exposure, (runs, 1)), standard)
        return held(found.lower, found.upper, (rates * standard).sum() / standard.sum())

    return run


def indirect(mean: float) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        seen = rng.poisson(1.3 * mean, (runs, 5))
        found = standardise(seen, np.ones((runs, 5)), np.full(5, mean), "indirect")
        return held(found.lower, found.upper, 1.3)

    return run


def bayes(kind: Any, places: int, mean: float, spread: float) -> Case:
    """True rates gamma with that coefficient of variation; the share over places, a run each."""

    def run(rng: Rng, runs: int) -> Floats:
        return np.array([one(rng) for _ in range(max(runs // 20, 2))])

    def one(rng: Rng) -> float:
        exposure = rng.gamma(2, 0.5, places) + 0.05
        true = mean * (rng.gamma(spread**-2, spread**2, places) if spread else np.ones(places))
        ring = [(i + np.array([-3, -2, -1, 1, 2, 3])) % places for i in range(places)]
        model = EmpiricalBayes(kind).fit(
            rng.poisson(true * exposure), exposure, ring if kind == "local" else None
        )
        return float(held(model.lower_, model.upper_, true).mean())

    return run


def funnel(mean: float, spread: Any, size: float = np.inf, estimate: Any = "predictive") -> Case:
    """Quiet places, from small to 20 times as large, over-dispersed as the limits believe."""

    def run(rng: Rng, runs: int) -> Floats:
        return np.array([one(rng) for _ in range(max(runs // 20, 2))])

    def one(rng: Rng) -> float:
        exposure = np.geomspace(1, 20, 60)
        sizes = size * exposure if spread == "multiplicative" else size
        wide = rng.gamma(sizes, 1 / sizes, 60) if np.isfinite(size) else 1.0
        seen = rng.poisson(mean * exposure * wide)
        limits = funnel_limits(seen, exposure, mean, levels=(0.95,), spread=spread, estimate=estimate)
        return 1 - float(limits.outside.mean())

    return run


def nowcast(mean: float, size: float, slow: bool) -> Case:
    """The last four periods' totals, all at once."""

    def run(rng: Rng, runs: int) -> Floats:
        delays = np.full(6, 1 / 6) if slow else np.array([0.5, 0.25, 0.12, 0.07, 0.04, 0.02])
        return np.array([one(rng, delays) for _ in range(max(runs // 20, 2))])

    def one(rng: Rng, delays: Floats) -> float:
        total = counts(mean, rng, 40, size).astype(int)
        table = rng.multinomial(total, delays).astype(float)
        for late in range(1, 6):
            table[-late, late:] = np.nan
        model = Nowcast(rng=rng, draws=1000).fit(table)
        return float(held(model.lower_, model.upper_, total)[-4:].mean())

    return run


def weekly(mean: float, weeks: int, rng: Rng, runs: int, size: float, season: float = 0.4) -> Floats:
    wave = 1 + season * np.sin(2 * np.pi * np.arange(weeks) / 52)
    return counts(mean * wave, rng, (runs, weeks), size)


def farrington(bound: Any, mean: float, size: float = np.inf, years: int = 4) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        series = weekly(mean, 52 * years + 4, rng, runs, size)
        return np.asarray(Farrington(bound=bound, years=years).fit(series, [52 * years + 3]).alarm_)

    return run


def ears(method: Any, mean: float, size: float = np.inf, limit: Any = "normal") -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        return np.asarray(Ears(method, limit=limit).fit(weekly(mean, 30, rng, runs, size, 0), [29]).alarm_)

    return run


def cusum(kind: Any, mean: float, size: float = np.inf) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        return np.asarray(Cusum(kind).fit(weekly(mean, 156, rng, runs, size, 0), range(104, 156)).alarm_)

    return run


def glr(family: Any, mean: float, size: float = np.inf) -> Case:
    def run(rng: Rng, runs: int) -> Flags:
        series = weekly(mean, 260, rng, max(runs // 4, 3), size)
        return np.asarray(CountGlr(family=family).fit(series, range(208, 260)).alarm_)

    return run


def discovery(bound: Any, mean: float, method: Any = "bh", size: float = np.inf) -> Case:
    """Whether any of 1,000 series without cause stands, one screen for each 20 runs."""

    def run(rng: Rng, runs: int) -> Flags:
        return np.array([one(rng) for _ in range(max(runs // 20, 2))])

    def one(rng: Rng) -> bool:
        series = weekly(mean, 212, rng, 1000, size)
        values = Farrington(bound=bound).fit(series, [211]).p_value_
        return bool(false_discovery(values, method=method).stands.any())

    return run


def cases() -> list[tuple[str, str, float | None, Case]]:
    """Name, kind, nominal share (None: there is none), so many runs."""
    found: list[tuple[str, str, float | None, Case]] = []

    def covers(name: str, case: Case) -> None:
        found.append((name, "coverage", 0.95, case))

    def sized(name: str, case: Case, nominal: float | None = 0.05) -> None:
        found.append((name, "size" if nominal else "alarms", nominal, case))

    for method in ("exact", "midp"):
        for mean in (0.5, 3.0, 30.0):
            covers(f"poisson_{method}_mean_{mean:g}", poisson(mean, method))
            covers(f"ratio_{method}_means_{mean:g}_{2 * mean:g}", ratio(mean, 2 * mean, method))
            sized(f"ratio_{method}_mean_{mean:g}", ratio_size(mean, method))
        covers(f"poisson_{method}_mean_10_overdispersed", poisson(10, method, 5))
    for method in ("exact", "midp", "wilson"):
        for trials, share in ((20, 0.02), (200, 0.1), (50, 0.5)):
            covers(f"binomial_{method}_{trials}_of_{share:g}", binomial(trials, share, method))
    for mean in (0.2, 2.0, 20.0):
        covers(f"direct_standardisation_mean_{mean:g}", direct(mean))
        covers(f"indirect_standardisation_mean_{mean:g}", indirect(mean))
    for places, mean, spread in (
        (10, 0.5, 0.0),
        (10, 2.0, 0.5),
        (50, 0.3, 0.5),
        (50, 3.0, 0.0),
        (200, 5.0, 0.5),
    ):
        for kind in ("global", "local"):
            name = f"empirical_bayes_{kind}_{places}_places_mean_{mean:g}_spread_{spread:g}"
            covers(name, bayes(kind, places, mean, spread))
    for mean in (0.2, 2.0):
        covers(f"funnel_exact_mean_{mean:g}", funnel(mean, "none"))
        covers(f"funnel_interpolated_mean_{mean:g}", funnel(mean, "none", estimate="paper"))
        covers(f"funnel_exact_mean_{mean:g}_overdispersed", funnel(mean, "none", 5))
        for spread in SPREADS:
            for estimate in ("predictive", "consistent", "paper"):
                name = f"funnel_{spread}_{estimate}_mean_{mean:g}"
                covers(f"{name}_overdispersed", funnel(mean, spread, 5 * mean / 2, estimate))
                covers(name, funnel(mean, spread, np.inf, estimate))
    for mean, size, slow in (
        (20.0, np.inf, False),
        (1.0, np.inf, False),
        (20.0, 3.0, False),
        (20.0, np.inf, True),
    ):
        name = f"nowcast_mean_{mean:g}_size_{size:g}_{'slow' if slow else 'quick'}"
        covers(name, nowcast(mean, size, slow))
    for bound in ("predictive", "delta", "negbin", "muan"):
        for mean in (0.01, 0.05, 0.5, 5.0, 50.0):
            sized(f"farrington_{bound}_mean_{mean:g}", farrington(bound, mean))
        sized(f"farrington_{bound}_mean_5_overdispersed", farrington(bound, 5, 3))
        sized(f"farrington_{bound}_mean_0.2_overdispersed", farrington(bound, 0.2, 0.2 / 1.5))
        sized(f"farrington_{bound}_mean_5_two_years", farrington(bound, 5, years=2))
    for method in ("C1", "C2", "C3"):
        for limit, name in (("predictive", f"ears_{method}_predictive"), ("normal", f"ears_{method}")):
            for mean in (0.5, 20.0):
                sized(f"{name}_mean_{mean:g}", ears(method, mean, limit=limit), 0.001)
            sized(f"{name}_mean_5_overdispersed", ears(method, 5, 3, limit), 0.001)
    for kind in ("standard", "rossi", "anscombe"):
        for mean in (0.5, 5.0):
            sized(f"cusum_{kind}_mean_{mean:g}", cusum(kind, mean), None)
    for family in ("poisson", "negbin"):
        for mean in (0.5, 5.0):
            sized(f"glr_{family}_mean_{mean:g}", glr(family, mean), None)
        sized(f"glr_{family}_mean_5_overdispersed", glr(family, 5, 3), None)
    for bound in ("predictive", "delta", "negbin", "muan"):
        for mean in (0.002, 0.01, 0.05, 0.2, 1.0, 5.0):
            sized(f"false_discovery_{bound}_mean_{mean:g}", discovery(bound, mean))
        for mean in (0.2, 5.0):
            name = f"false_discovery_{bound}_mean_{mean:g}_overdispersed"
            sized(name, discovery(bound, mean, size=mean / 1.5))
    sized("false_discovery_by_mean_0.05", discovery("negbin", 0.05, "by"))
    for kind, places, mean in (
        ("global", 10, 0.5),
        ("global", 4, 5.0),
        ("local", 200, 1.0),
        ("local", 200, 5.0),
    ):
        name = f"empirical_bayes_{kind}_{places}_places_mean_{mean:g}_spread_1"
        covers(name, bayes(kind, places, mean, 1.0))
    return found


PUBLISHED = (
    *(f"{method}_{bound}_" for method in ("farrington", "false_discovery") for bound in ("delta", "negbin")),
    *(f"{method}_muan_" for method in ("farrington", "false_discovery")),
    *(f"ears_{method}_mean" for method in ("C1", "C2", "C3")),
    *(f"{rate}_midp_" for rate in ("poisson", "ratio", "binomial")),
    "binomial_wilson_",
    "false_discovery_by_",
    "funnel_interpolated",
    *(f"funnel_{spread}_{estimate}" for spread in SPREADS for estimate in ("consistent", "paper")),
)
"""How the names of cases begin whose formula is fixed by a paper or by R."""

MISUSED = ("poisson_exact_mean_10_over", "poisson_midp_mean_10_over", "funnel_exact_mean_2_over")
MISUSED = (*MISUSED, "funnel_exact_mean_0.2_over", "glr_poisson_mean_5_over")


def meaning(name: str) -> str:
    """What nominal means for a case."""
    if name.startswith(MISUSED):
        return "nominal, misused"
    return "nominal, published formula" if name.startswith(PUBLISHED) else "nominal"


def figure(
    number: int, name: str, kind: Any, nominal: float | None, run: Case, runs: int, seed: int
) -> dict[str, object]:
    """The share over the runs with its Monte Carlo error taken from the runs themselves."""
    parts = np.asarray(run(np.random.default_rng([seed, number]), runs), dtype=float)
    each = parts if parts.ndim == 1 else parts.mean(axis=1)
    share, error = float(each.mean()), 3 * float(each.std()) / len(each) ** 0.5
    careful = share - error <= (nominal or 1) if kind != "coverage" else share + error >= (nominal or 0)
    return {
        "name": f"{kind}_{name}",
        "value": round(share, 4),
        "unit": f"share of {len(each)} runs",
        "reference": meaning(name),
        "reference_value": nominal,
        "ratio": None if nominal is None else round(share / nominal, 3),
        "goal": nominal,
        "holds": bool(careful),
    }


def main() -> None:
    """Run all cases, or those whose name holds the words given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few runs a case")
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=11, help="another one draws all data anew")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    chosen = parser.parse_args()
    runs = 4 if chosen.quick else chosen.runs
    for number, (name, kind, nominal, run) in enumerate(cases()):
        if chosen.only in name:
            print(f"interval_coverage: {name}, {runs} runs", file=sys.stderr, flush=True)
            print(json.dumps(figure(number, name, kind, nominal, run, runs, chosen.seed)), flush=True)


if __name__ == "__main__":
    main()
