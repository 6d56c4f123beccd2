"""How often the intervals of effects, surveys and space-time tests hold the truth, on simulated cities.

Each case is simulated many times with a known truth; the figure is the share of 95 % intervals that hold it
(coverage), or the share of true nulls that a test at 5 % rejects (size). The grid holds the hard cases on
purpose: rare counts, over-dispersion, short series, wandering levels, two treated places, few clusters. One
JSON line a figure; `holds` says whether it is within three Monte Carlo errors of nominal or on the careful
side of it. `reference` says "nominal, published formula" where the formula is that of a paper or of R; the
others are to hold.

`--quick`: a few runs of each case, which says only that every case can be computed.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from anlan.stats import (
    ComparisonPlaces,
    Design,
    DifferenceInDifferences,
    DoseResponse,
    InterruptedSeries,
    LocalLevel,
    SyntheticControl,
    displacement_quotient,
    knox,
    mantel,
    near_repeats,
    placebo_dates,
    power_before_start,
    regression_to_mean,
    weighted_displacement_difference,
)
from anlan.stats._arrays import Floats

Rng = np.random.Generator
Case = Callable[[Rng], bool]
"""One run: whether the interval held the truth (coverage), or the test rejected a true null (size)."""

FALL = float(np.log(0.7))

PUBLISHED = ("weighted_displacement_mean", "weighted_displacement_one", "space_time_knox_poisson", "survey_")
"""How the names of cases begin whose formula is fixed by a paper or by R."""


def counts(mean: Floats, rng: Rng, size: float = np.inf) -> Floats:
    """Poisson counts, or negative binomial ones of that size (variance mean + mean**2 / size)."""
    rates = mean if np.isinf(size) else mean * rng.gamma(size, 1 / size, mean.shape)
    return rng.poisson(rates).astype(float)


def season(periods: int) -> Floats:
    """A year's swing of 20 %."""
    return np.asarray(0.2 * np.sin(2 * np.pi * np.arange(periods) / 12))


def wander(periods: int, share: float, spread: float, rng: Rng) -> Floats:
    """An autoregressive log level: each step keeps `share` of the last."""
    noise = rng.normal(0, spread * (1 - share**2) ** 0.5, periods)
    level = np.zeros(periods)
    level[0] = rng.normal(0, spread)
    for t in range(1, periods):
        level[t] = share * level[t - 1] + noise[t]
    return level


def series(
    mean: float, before: int, after: int, effect: float, rng: Rng, **shape: float
) -> tuple[Floats, Floats]:
    """Counts with the effect, and without it."""
    periods = before + after
    log_mean = np.log(mean) + season(periods)
    log_mean = log_mean + wander(periods, shape.get("share", 0.0), shape.get("spread", 0.0), rng)
    late = np.arange(periods) >= before
    size = shape.get("size", np.inf)
    return counts(np.exp(log_mean + effect * late), rng, size), counts(np.exp(log_mean), rng, size)


SERIES: dict[str, dict[str, float]] = {
    "plain": {"mean": 50, "before": 60, "after": 24},
    "rare": {"mean": 1, "before": 60, "after": 24},
    "overdispersed": {"mean": 20, "before": 60, "after": 24, "size": 5},
    "short": {"mean": 20, "before": 24, "after": 6},
    "autocorrelated": {"mean": 50, "before": 60, "after": 24, "share": 0.6, "spread": 0.2},
    "long_weekly_rare": {"mean": 0.3, "before": 156, "after": 52},
}


def interrupted(name: str, effect: float, family: str = "poisson") -> Case:
    def run(rng: Rng) -> bool:
        shape = dict(SERIES[name])
        before, after = int(shape.pop("before")), int(shape.pop("after"))
        seen, _ = series(shape.pop("mean"), before, after, effect, rng, **shape)
        model = InterruptedSeries(before, slope=False, family=family).fit(seen)  # type: ignore[arg-type]
        return model.lower_ <= effect <= model.upper_

    return run


def interrupted_slope(name: str) -> Case:
    def run(rng: Rng) -> bool:
        shape = dict(SERIES[name])
        before, after = int(shape.pop("before")), int(shape.pop("after"))
        seen, _ = series(shape.pop("mean"), before, after, FALL, rng, **shape)
        model = InterruptedSeries(before).fit(seen)
        return model.lower_ <= FALL <= model.upper_

    return run


def averted(name: str, state: bool = False) -> Case:
    def run(rng: Rng) -> bool:
        shape = dict(SERIES[name])
        before, after = int(shape.pop("before")), int(shape.pop("after"))
        seen, other = series(shape.pop("mean"), before, after, FALL, rng, **shape)
        truth = other[before:].sum() - seen[before:].sum()
        if state:
            found = LocalLevel(before).fit(seen).averted_
        else:
            found = InterruptedSeries(before, slope=False).fit(seen).averted_
        return found.lower <= truth <= found.upper

    return run


def random_walk(rng: Rng) -> bool:
    """A level that truly wanders, as the local level believes."""
    level = 80 + np.cumsum(rng.normal(0, 3, 60))
    noise = rng.normal(0, 8, (2, 60))
    seen, other = np.maximum(level + noise[0], 0), np.maximum(level + noise[1], 0)
    seen = np.append(seen[:48], 0.7 * other[48:])
    found = LocalLevel(48, season=None).fit(seen).averted_
    return bool(found.lower <= other[48:].sum() - seen[48:].sum() <= found.upper)


def placebo(name: str) -> Case:
    def run(rng: Rng) -> bool:
        shape = dict(SERIES[name])
        before, after = int(shape.pop("before")), int(shape.pop("after"))
        seen, _ = series(shape.pop("mean"), before, after, 0.0, rng, **shape)
        dates = np.arange(24, before - 5, 2)
        return placebo_dates(InterruptedSeries(before, slope=False), seen, dates=dates).p_value <= 0.1

    return run


def panel(mean: float, places: int, treated: int, effect: float, rng: Rng, **shape: float) -> Floats:
    """Counts (places, 36) of places of many sizes with a common season; the first `treated` change at 24."""
    sizes = mean * rng.gamma(2, 0.5, places)
    late = np.outer(np.arange(places) < treated, np.arange(36) >= 24)
    walks = [wander(36, shape.get("share", 0.0), shape.get("spread", 0.0), rng) for _ in range(places)]
    log_mean = np.log(np.maximum(sizes, 1e-3))[:, None] + season(36) + effect * late + np.array(walks)
    return counts(np.exp(log_mean), rng, shape.get("size", np.inf))


PANELS: dict[str, dict[str, float]] = {
    "plain": {"mean": 10, "places": 20, "treated": 8},
    "two_treated": {"mean": 10, "places": 20, "treated": 2},
    "rare": {"mean": 0.3, "places": 20, "treated": 8},
    "overdispersed": {"mean": 10, "places": 20, "treated": 8, "size": 2},
    "autocorrelated": {"mean": 20, "places": 20, "treated": 8, "share": 0.8, "spread": 0.3},
}


def a_panel(name: str, effect: float, rng: Rng) -> tuple[Floats, int]:
    shape = dict(PANELS[name])
    treated = int(shape.pop("treated"))
    return panel(shape.pop("mean"), int(shape.pop("places")), treated, effect, rng, **shape), treated


def differences(name: str, effect: float) -> Case:
    def run(rng: Rng) -> bool:
        seen, treated = a_panel(name, effect, rng)
        model = DifferenceInDifferences(24).fit(seen, np.arange(len(seen)) < treated)
        return model.lower_ <= effect <= model.upper_

    return run


def parallel_trend(name: str) -> Case:
    def run(rng: Rng) -> bool:
        seen, treated = a_panel(name, 0.0, rng)
        trend = DifferenceInDifferences(24).fit(seen, np.arange(len(seen)) < treated).parallel_trend_
        return trend is not None and trend.p_value < 0.05

    return run


def synthetic(name: str, effect: float) -> Case:
    def run(rng: Rng) -> bool:
        shape = {**PANELS[name], "treated": 1}
        mean, places = shape.pop("mean"), int(shape.pop("places"))
        shape.pop("treated")
        seen = panel(mean, places, 1, 0.0, rng, **shape)
        truth = seen[0, 24:].sum()
        seen[0, 24:] = rng.binomial(seen[0, 24:].astype(int), np.exp(effect))
        truth -= seen[0, 24:].sum()
        found = SyntheticControl(24).fit(seen, 0).averted_
        return bool(found.lower <= truth <= found.upper)

    return run


def synthetic_placebo(rng: Rng) -> bool:
    seen, _ = a_panel("plain", 0.0, rng)
    return SyntheticControl(24).fit(seen, 0).p_value_ <= 0.05


def comparison(name: str, effect: float) -> Case:
    def run(rng: Rng) -> bool:
        shape = {k: v for k, v in PANELS[name].items() if k in ("share", "spread", "size")}
        rates = np.exp(np.log(PANELS[name]["mean"]) + rng.normal(0, 0.2, 20))
        walks = np.array(
            [wander(36, shape.get("share", 0.0), shape.get("spread", 0.0), rng) for _ in range(20)]
        )
        late = np.outer(np.arange(20) < 1, np.arange(36) >= 24)
        log_mean = np.log(rates)[:, None] + season(36) + walks + effect * late
        seen = counts(np.exp(log_mean), rng, shape.get("size", np.inf))
        try:
            found = ComparisonPlaces(24, dispersion=5).fit(seen, 0, rng.uniform(size=(20, 2))).effect_
        except ValueError:
            return True  # no place passed: nothing was claimed
        return found.lower <= effect <= found.upper

    return run


def picked(effect: float, mean: float) -> Case:
    def run(rng: Rng) -> bool:
        rates = rng.gamma(3, mean / 3, 200)
        before = rng.poisson(rates)
        chosen = before >= np.quantile(before, 0.9)
        if before[~chosen].sum() == 0 or chosen.all():
            return True
        after = rng.poisson(rates * np.where(chosen, np.exp(effect), 1))
        found = regression_to_mean(before, after, chosen).effect
        return found.lower <= effect <= found.upper

    return run


def difference_of_displacement(interval: Any, means: Any) -> Case:
    """Means of control, treated, displacement control and displacement, each (before, after)."""

    def run(rng: Rng) -> bool:
        true = np.broadcast_to(np.asarray(means, dtype=float), (4, 2))
        found = weighted_displacement_difference(*rng.poisson(true), interval=interval)
        return found.lower <= (SIGNS * true).sum() <= found.upper

    return run


SIGNS = np.outer([-1, 1, -1, 1], [-1, 1])
NOTHING_ELSE = ((0.1, 0.1), (3, 0.5), (0.1, 0.1), (0.1, 0.1))
"""A few events in one place, and hardly any elsewhere."""


def quotient(around: tuple[float, float], treated: tuple[float, float], control: float) -> Case:
    def run(rng: Rng) -> bool:
        true = (around[1] - around[0]) / (treated[1] - treated[0])
        counted = [rng.poisson(pair) for pair in ((control, control), treated, around)]
        try:
            found = displacement_quotient(*counted)
        except ValueError:
            return True  # the treated area moved exactly as its control: nothing was claimed
        return found.lower <= true <= found.upper

    return run


def dose(mean: float, size: float) -> Case:
    def run(rng: Rng) -> bool:
        amounts = rng.uniform(0, 3, 30)
        rates = rng.gamma(3, mean / 3, 30)
        before, after = counts(rates, rng, size), counts(rates * np.exp(-0.1 * amounts), rng, size)
        try:
            model = DoseResponse().fit(before, after, amounts)
        except ValueError:
            return True
        return model.lower_ <= -0.1 <= model.upper_

    return run


def power_is_kept(events: float) -> Case:
    """Whether the change is seen; its share is to be the power that was promised."""

    def run(rng: Rng) -> bool:
        seen, _ = series(events, 48, 24, FALL, rng)
        return not InterruptedSeries(48, slope=False).fit(seen).result_.change.holds_zero

    return run


def people(rng: Rng, blocks: int, skewed: bool) -> tuple[Floats, Floats, Floats]:
    """A city of 400 blocks of 10 to 60 people: block of each, a skewed or even amount, a yes or no."""
    block = np.repeat(np.arange(blocks), rng.integers(10, 60, blocks))
    base = rng.normal(0, 0.5, blocks)[block]
    amount = (
        np.exp(base + rng.normal(0, 1, len(block))) if skewed else 10 + base + rng.normal(0, 1, len(block))
    )
    return block.astype(float), amount, (base + rng.normal(0, 1, len(block)) > 1.2).astype(float)


def survey(kind: str, statistic: str, drawn: int) -> Case:
    def run(rng: Rng) -> bool:
        block, amount, yes = people(rng, 400, kind == "skewed")
        truth = {
            "mean": amount.mean(),
            "total": amount.sum(),
            "proportion": yes.mean(),
            "ratio": yes.sum() / amount.sum(),
        }
        found = _estimate(kind, statistic, drawn, block, amount, yes, rng)
        return bool(found[0] <= truth[statistic] <= found[1])

    return run


def _estimate(
    kind: str, statistic: str, drawn: int, block: Floats, amount: Floats, yes: Floats, rng: Rng
) -> tuple[float, float]:
    if kind == "stratified":
        strata = np.digitize(block, [100, 200, 300])
        rows = np.concatenate(
            [rng.choice(np.flatnonzero(strata == s), drawn // 4, replace=False) for s in range(4)]
        )
        design = Design(strata=strata[rows], population=np.bincount(strata)[strata[rows]])
    else:
        chosen = rng.choice(400, drawn, replace=False)
        rows = np.flatnonzero(np.isin(block, chosen))
        design = Design(clusters=block[rows], population=np.full(len(rows), 400))
    if kind == "post_stratified":
        halves = (amount > np.median(amount)).astype(int)
        design = design.post_stratify(halves[rows], dict(enumerate(np.bincount(halves).astype(float))))
    found = {
        "mean": lambda: design.mean(amount[rows]),
        "total": lambda: design.total(amount[rows]),
        "proportion": lambda: design.proportion(yes[rows], 1.0),
        "ratio": lambda: design.ratio(yes[rows], amount[rows]),
    }[statistic]()
    return found.lower, found.upper


def space_time(test: str) -> Case:
    """Places and times that are each clustered, but not linked."""

    def run(rng: Rng) -> bool:
        points = rng.uniform(0, 100, (10, 2))[rng.integers(0, 10, 80)] + rng.normal(0, 3, (80, 2))
        times = rng.integers(0, 365, 8)[rng.integers(0, 8, 80)] + rng.integers(0, 20, 80)
        if test == "knox":
            return knox(points, times, distance=5, interval=14, permutations=199, rng=rng).p_value <= 0.05
        if test == "knox_poisson":
            return knox(points, times, distance=5, interval=14, permutations=1, rng=rng).p_poisson <= 0.05
        if test == "mantel":
            return mantel(points, times, permutations=199, rng=rng).p_value <= 0.05
        table = near_repeats(points, times, distances=[5], intervals=[14], permutations=199, rng=rng)
        return bool(table["p_value"][0] <= 0.05)

    return run


def cases() -> list[tuple[str, str, float, Case]]:
    """Name, kind ("coverage" or "size" or "power"), nominal share, one run."""
    found: list[tuple[str, str, float, Case]] = []
    for name in SERIES:
        for label, effect in (("none", 0.0), ("fall", FALL)):
            found.append((f"interrupted_level_{name}_{label}", "coverage", 0.95, interrupted(name, effect)))
        found.append((f"interrupted_level_and_slope_{name}_fall", "coverage", 0.95, interrupted_slope(name)))
        found.append((f"interrupted_averted_{name}", "coverage", 0.95, averted(name)))
        found.append((f"local_level_averted_{name}", "coverage", 0.95, averted(name, state=True)))
    found.append(
        ("interrupted_negbin_overdispersed", "coverage", 0.95, interrupted("overdispersed", FALL, "negbin"))
    )
    found.append(("local_level_averted_random_walk", "coverage", 0.95, random_walk))
    found.append(("placebo_dates_plain", "size", 0.10, placebo("plain")))
    for name in PANELS:
        for label, effect in (("none", 0.0), ("fall", FALL)):
            found.append((f"differences_{name}_{label}", "coverage", 0.95, differences(name, effect)))
            found.append((f"synthetic_{name}_{label}", "coverage", 0.95, synthetic(name, effect)))
            found.append((f"comparison_{name}_{label}", "coverage", 0.95, comparison(name, effect)))
        found.append((f"parallel_trend_{name}", "size", 0.05, parallel_trend(name)))
    found.append(("synthetic_placebo_in_space", "size", 0.05, synthetic_placebo))
    for mean in (5.0, 1.0):
        for label, effect in (("none", 0.0), ("fall", FALL)):
            found.append((f"picked_places_mean_{mean:g}_{label}", "coverage", 0.95, picked(effect, mean)))
    for interval, label in (("normal", "weighted_displacement"), ("gamma", "weighted_displacement_gamma")):
        for mean in (100.0, 5.0, 1.0):
            case = difference_of_displacement(interval, mean)
            found.append((f"{label}_mean_{mean:g}", "coverage", 0.95, case))
        found.append((f"{label}_one", "coverage", 0.95, difference_of_displacement(interval, NOTHING_ELSE)))
    found.append(("displacement_quotient", "coverage", 0.95, quotient((150, 180), (200, 100), 200)))
    found.append(("displacement_quotient_weak", "coverage", 0.95, quotient((150, 165), (200, 150), 200)))
    found.append(("displacement_quotient_rare", "coverage", 0.95, quotient((15, 18), (20, 10), 20)))
    for mean, size in ((20.0, np.inf), (20.0, 5.0), (1.0, np.inf)):
        found.append((f"dose_mean_{mean:g}_size_{size:g}", "coverage", 0.95, dose(mean, size)))
    for events in (5.0, 20.0):
        promised = power_before_start(events, 48, 24, -30).power
        found.append((f"power_{events:g}_events", "power", promised, power_is_kept(events)))
    for kind, drawn in (
        ("clustered", 30),
        ("clustered", 8),
        ("skewed", 30),
        ("stratified", 120),
        ("post_stratified", 30),
    ):
        for statistic in ("mean", "total", "proportion", "ratio"):
            found.append(
                (f"survey_{kind}_{drawn}_{statistic}", "coverage", 0.95, survey(kind, statistic, drawn))
            )
    for test in ("knox", "knox_poisson", "mantel", "near_repeats"):
        found.append((f"space_time_{test}", "size", 0.05, space_time(test)))
    return found


def figure(
    number: int, name: str, kind: str, nominal: float, run: Case, runs: int, seed: int
) -> dict[str, object]:
    """The share over the runs, each case with its own stream of random numbers."""
    share = float(np.mean([run(rng) for rng in np.random.default_rng([seed, number]).spawn(runs)]))
    error = 3 * (nominal * (1 - nominal) / runs) ** 0.5
    holds = share <= nominal + error if kind == "size" else share >= nominal - error
    return {
        "name": f"{kind}_{name}",
        "value": round(share, 4),
        "unit": f"share of {runs} runs",
        "reference": "nominal, published formula" if name.startswith(PUBLISHED) else "nominal",
        "reference_value": round(nominal, 4),
        "ratio": round(share / nominal, 4),
        "goal": round(nominal, 4),
        "holds": bool(holds),
    }


def main() -> None:
    """Run all cases, or those whose name holds the words given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three runs a case")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7, help="another one draws all data anew")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    chosen = parser.parse_args()
    runs = 3 if chosen.quick else chosen.runs
    for number, (name, kind, nominal, run) in enumerate(cases()):
        if chosen.only in name:
            print(f"effects_coverage: {name}, {runs} runs", file=sys.stderr, flush=True)
            print(json.dumps(figure(number, name, kind, nominal, run, runs, chosen.seed)), flush=True)


if __name__ == "__main__":
    main()
