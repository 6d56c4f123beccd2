"""Draw the plots of surveys.md into build/docs/stats/ (SVG, never committed).

python docs/stats/draw_surveys.py
"""

from pathlib import Path

import numpy as np
import polars as pl

from anlan.edge.cli.plots import BLUE, GREEN, GREY, ORANGE, Bars, Dots, Line, Plot, plot
from anlan.stats import Design

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/docs/stats"
RUNS = 400
"""Samples simulated for each point of the power curves."""


def domains() -> Plot:
    """Mean school score by county, with intervals, smallest first."""
    schools = pl.read_csv(ROOT / "tests/data/stats/apistrat.csv")
    design = Design(schools["pw"], strata=schools["stype"], population=schools["fpc"])
    table = design.domains(schools["api00"], schools["stype"]).sort("estimate")
    order = [float(row) for row in range(table.height)]
    marks = [
        Bars("95 % interval", list(zip(order, table["lower"], table["upper"], strict=True)), GREY),
        Dots("mean", list(zip(order, table["estimate"], strict=True)), BLUE, 4.0),
    ]
    return Plot(
        "School scores by kind of school",
        marks,
        "kind",
        "score",
        dict(zip(order, table["domain"], strict=True)),
    )


def chance(people: int, cluster: int, points: float) -> float:
    """Chance in % to see that a share of 30 % differs by so many points between two halves of a sample.

    People live in clusters of `cluster`, alike within by a correlation of .05; each cluster is in one half.
    """
    rng = np.random.default_rng(people + cluster)
    number = people // cluster
    label = np.repeat(np.arange(number), cluster)
    half = np.repeat(np.arange(number) % 2, cluster)
    design = Design(clusters=label)
    mean = 0.3 + points / 100 * half
    size = (1 - 0.05) / 0.05
    seen = 0
    for _ in range(RUNS):
        rate = rng.beta(mean[::cluster] * size, (1 - mean[::cluster]) * size)
        said = (rng.random(len(label)) < rate[label]).astype(float)
        found = design.difference(said, half, 1, 0)
        seen += not found.lower <= 0 <= found.upper
    return 100 * seen / RUNS


def power_curves() -> Plot:
    """Chance to see ten points between two halves, by people asked and by how many in one place."""
    looks = ((1, BLUE, ""), (10, ORANGE, "8 3"), (25, GREEN, "4 3"), (50, GREY, "2 2"))
    numbers = (200, 400, 800, 1200, 1600)
    lines = [
        Line(f"{cluster} in a place", [(float(n), chance(n, cluster, 10)) for n in numbers], colour, dash)
        for cluster, colour, dash in looks
    ]
    return Plot("Power: 30 % against 40 % in two halves of a sample", lines, "people asked", "%")


def main() -> None:
    """Draw all plots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in (("survey_domains", domains), ("survey_power", power_curves)):
        (FOLDER / f"{name}.svg").write_text(plot(draw()), encoding="utf-8")
        print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
