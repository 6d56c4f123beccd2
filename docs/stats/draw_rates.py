"""Draw the plots of rates.md into build/docs/stats/ (SVG, never committed).

python docs/stats/draw_rates.py
"""

from pathlib import Path

import numpy as np

from anlan.edge.cli.plots import BLUE, GREEN, GREY, ORANGE, RED, Bars, Dots, Line, Plot, plot
from anlan.stats import EmpiricalBayes, binomial_interval, funnel_limits
from anlan.stats._arrays import Floats

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/docs/stats"
RUNS = 4000
"""Pairs of years simulated for each point of the power curves."""


def places() -> tuple[Floats, Floats]:
    """Counts and exposures of sixty places, from small to large; true rates spread by a fifth."""
    rng = np.random.default_rng(4)
    exposure = np.geomspace(2, 200, 60)
    return rng.poisson(exposure * rng.gamma(25, 1 / 25, 60)).astype(float), exposure


def funnel() -> Plot:
    """Rates by exposure between their limits, exact and with the usual spread."""
    counts, exposure = places()
    exact = funnel_limits(counts, exposure)
    wide = funnel_limits(counts, exposure, spread="additive")
    marks = [
        Line(name, list(zip(exposure.tolist(), limit.tolist(), strict=True)), colour, dash)
        for limits, label, colour, dash in (
            (exact, "exact 95 %", GREY, ""),
            (wide, "additive 95 %", BLUE, "5 3"),
        )
        for name, limit in ((label, limits.upper[0]), ("", limits.lower[0]))
    ]
    dots = list(zip(exposure.tolist(), exact.rate.tolist(), strict=True))
    return Plot(
        "Sixty places and the limits of chance", [*marks, Dots("place", dots, ORANGE)], "exposure", "rate"
    )


def smoothed() -> Plot:
    """Raw rates and what empirical Bayes makes of them, smallest place first."""
    counts, exposure = places()
    model = EmpiricalBayes().fit(counts, exposure)
    order = [float(place) for place in range(len(counts))]
    marks = [
        Bars("95 % interval", list(zip(order, model.lower_, model.upper_, strict=True)), BLUE),
        Dots("raw", list(zip(order, (counts / exposure).tolist(), strict=True)), RED, 2.5),
        Dots("smoothed", list(zip(order, model.rate_.tolist(), strict=True)), BLUE),
    ]
    return Plot("Raw and smoothed rates, small places left", marks, "place", "rate")


def chance(before: float, change: float) -> float:
    """Chance in % that the exact interval of this year over last year leaves out 1.

    Given both years' sum the ratio's interval is the binomial one of the share, so that one is taken.
    """
    rng = np.random.default_rng(5)
    first, second = rng.poisson(before, RUNS), rng.poisson(before * (1 + change / 100), RUNS)
    some = first + second > 0
    share = binomial_interval(second[some], (first + second)[some])
    return 100 * float(((np.asarray(share.lower) > 0.5) | (np.asarray(share.upper) < 0.5)).sum() / RUNS)


def power_curves() -> Plot:
    """Chance that two years differ, by events a year, for several changes."""
    looks = ((-20, GREY, "2 2"), (-30, GREEN, "4 3"), (-50, ORANGE, "8 3"), (100, BLUE, ""))
    numbers = np.geomspace(5, 500, 25)
    lines = [
        Line(f"{change:+d} %", [(float(n), chance(n, change)) for n in numbers], colour, dash)
        for change, colour, dash in looks
    ]
    return Plot("Power of rate_ratio, exact, one year against one", lines, "events in the first year", "%")


def main() -> None:
    """Draw all plots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = {"funnel": funnel, "smoothed_rates": smoothed, "rate_ratio_power": power_curves}
    for name, draw in drawn.items():
        (FOLDER / f"{name}.svg").write_text(plot(draw()), encoding="utf-8")
        print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
