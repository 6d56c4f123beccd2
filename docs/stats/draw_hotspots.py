"""Draw the plots of hotspots.md into build/docs/stats/ (SVG, never committed).

python docs/stats/draw_hotspots.py
"""

from pathlib import Path

import numpy as np

from anlan.edge.cli.plots import BLUE, GREEN, GREY, ORANGE, Line, Plot, plot
from anlan.stats import StreetDensity, StreetGraph, knox, near_repeats
from anlan.stats._arrays import Floats

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/docs/stats"
RUNS = 200
"""Cities simulated for each point of the power curves."""


def city(events: int, repeats: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Events over 3 km and a year; the share `repeats` of them within 50 m and 7 days of another."""
    points, days = rng.uniform(0, 3000, (events, 2)), rng.integers(0, 365, events).astype(float)
    number = round(repeats * events)
    first = rng.integers(number, events, number)
    points[:number] = points[first] + rng.normal(0, 30, (number, 2))
    days[:number] = days[first] + rng.integers(0, 8, number)
    return points, days


def street_kernel() -> Plot:
    """The equal-split kernel of an event 20 m before a crossing of four streets, on one way through."""
    graph = StreetGraph.of([[0, 1], [1, 2], [1, 3], [1, 4]], [100, 100, 100, 100])
    lines = []
    for split, colour, dash in (("continuous", BLUE, ""), ("discontinuous", ORANGE, "6 4")):
        model = StreetDensity(60, spacing=1, split=split).fit(graph, [0], [80])  # type: ignore[arg-type]
        lines.append(Line(split, list(enumerate(model.density_[:200].tolist())), colour, dash))
    return Plot("Density along the street; the crossing is at 100 m", lines, "metres", "events a metre")


def repeats_by_day() -> Plot:
    """How many times more pairs than expected, by days apart, near and farther."""
    points, days = city(600, 0.2, np.random.default_rng(6))
    ends = list(range(2, 43, 4))
    table = near_repeats(points, days, distances=[100, 400, 800], intervals=ends, permutations=99, rng=7)
    lines = []
    for distance, colour, dash in ((100.0, BLUE, ""), (400.0, ORANGE, "8 3"), (800.0, GREY, "2 2")):
        part = table.filter(distance=distance)
        points_ = list(zip(part["interval"], part["ratio"], strict=True))
        lines.append(Line(f"to {distance:g} m", points_, colour, dash))
    return Plot("Near repeats: a fifth of 600 events repeats another", lines, "days apart, up to", "ratio")


def chance(events: int, repeats: float) -> float:
    """Chance in % that Knox's test at 5 % sees that share of repeats (100 m, 14 days, 99 permutations)."""
    rng = np.random.default_rng([8, events, round(1000 * repeats)])
    found = [
        knox(*city(events, repeats, rng), distance=100, interval=14, permutations=99, rng=rng).p_value
        for _ in range(RUNS)
    ]
    return 100 * float(np.mean(np.array(found) <= 0.05))


def power_curves() -> Plot:
    """Power of Knox's test, by the share of events that repeat another."""
    looks = ((50, GREY, "2 2"), (100, GREEN, "4 3"), (300, ORANGE, "8 3"), (1000, BLUE, ""))
    shares = (0.0, 0.02, 0.04, 0.08, 0.12, 0.2)
    lines = [
        Line(f"{n} events", [(100 * share, chance(n, share)) for share in shares], colour, dash)
        for n, colour, dash in looks
    ]
    return Plot("Power of Knox's test, 100 m and 14 days", lines, "repeats among the events, %", "%")


def main() -> None:
    """Draw all plots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = {"street_kernel": street_kernel, "near_repeats": repeats_by_day, "knox_power": power_curves}
    for name, draw in drawn.items():
        (FOLDER / f"{name}.svg").write_text(plot(draw()), encoding="utf-8")
        print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
