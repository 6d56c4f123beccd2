"""Draw the plots of surveillance.md into build/docs/stats/ (SVG, never committed).

python docs/stats/draw_surveillance.py
"""

from pathlib import Path

import numpy as np
import polars as pl

from anlan.edge.cli.plots import BLUE, GREEN, GREY, ORANGE, RED, Bars, Dots, Line, Plot, plot
from anlan.stats import Farrington, Nowcast

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/docs/stats"
RUNS = 1000
"""Series simulated for each line of the power curves."""


def agona() -> Plot:
    """Salmonella Agona: what was counted, what was expected, the bound and its alarms."""
    weeks = pl.read_csv(ROOT / "tests/data/stats/agona.csv")["observed"].to_numpy()
    at = list(range(211, len(weeks)))
    model = Farrington(bound="negbin").fit(weeks, at)
    alarms = [(float(t), float(weeks[t])) for t, alarm in zip(at, model.alarm_, strict=True) if alarm]
    marks = [
        Line("counted", [(float(t), float(weeks[t])) for t in at], GREY),
        Line("expected", list(zip(map(float, at), model.expected_.tolist(), strict=True)), BLUE),
        Line("bound", list(zip(map(float, at), model.upper_.tolist(), strict=True)), ORANGE, "5 3"),
        Dots("alarm", alarms, RED, 4.5),
    ]
    return Plot("Salmonella Agona, Farrington with bound negbin", marks, "week", "events")


def chances(mean: float, most: int) -> list[tuple[float, float]]:
    """(extra events, chance in % that they alarm) in a week of series with that mean; bound negbin."""
    rng = np.random.default_rng(1)
    wave = 1 + 0.4 * np.sin(2 * np.pi * np.arange(212) / 52)
    quiet = rng.poisson(mean * wave, (RUNS, 212))
    upper = Farrington(bound="negbin").fit(quiet, [211]).upper_[:, 0]
    extra = np.arange(most + 1)
    seen = (quiet[:, 211, None] + extra > upper[:, None]).mean(axis=0)
    return list(zip(extra.astype(float).tolist(), (100 * seen).tolist(), strict=True))


def power_curves() -> Plot:
    """Chance that an outbreak alarms in its first week, by its events and by the usual level."""
    looks = ((0.05, BLUE, ""), (0.5, ORANGE, "8 3"), (5.0, GREEN, "4 3"), (20.0, GREY, "2 2"))
    lines = [Line(f"{mean:g} a week", chances(mean, 20), colour, dash) for mean, colour, dash in looks]
    return Plot("Power of Farrington, four years of history", lines, "extra events in the week", "%")


def nowcast() -> Plot:
    """Thirty events a week, recorded over six weeks: what is in so far, and what will be."""
    rng = np.random.default_rng(2)
    total = rng.poisson(30, 30)
    table = rng.multinomial(total, [0.4, 0.25, 0.15, 0.1, 0.06, 0.04]).astype(float)
    for late in range(1, 6):
        table[-late, late:] = np.nan
    model = Nowcast(rng=3).fit(table)
    weeks = [float(week) for week in range(30)]
    found = model.result_
    marks = [
        Bars("95 % interval", list(zip(weeks, found.lower, found.upper, strict=True)), ORANGE),
        Line("recorded", list(zip(weeks, found.recorded.tolist(), strict=True)), GREY),
        Dots("estimate", list(zip(weeks, found.estimate.tolist(), strict=True)), ORANGE),
        Line("in the end", list(zip(weeks, total.astype(float).tolist(), strict=True)), BLUE, "5 3"),
    ]
    return Plot("Events by week, and as they will be once all are recorded", marks, "week", "events")


def main() -> None:
    """Draw all plots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = {"agona": agona, "farrington_power": power_curves, "nowcast": nowcast}
    for name, draw in drawn.items():
        (FOLDER / f"{name}.svg").write_text(plot(draw()), encoding="utf-8")
        print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
