"""Draw the plots of effects.md into build/docs/stats/ (SVG, never committed).

python docs/stats/draw_effects.py
"""

from pathlib import Path

import numpy as np
import polars as pl

from anlan.edge.cli.plots import BLUE, GREEN, GREY, ORANGE, Dots, Line, Plot, plot
from anlan.stats import InterruptedSeries, power_before_start

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/docs/stats"


def power_curves() -> Plot:
    """Chance to see a fall, by its size, for several numbers of events a month."""
    falls = np.arange(-60, -4, 2.5)
    looks = ((5, BLUE, ""), (10, ORANGE, "8 3"), (20, GREEN, "4 3"), (50, GREY, "2 2"))
    lines = []
    for events, colour, dash in looks:
        chance = [100 * power_before_start(events, 48, 24, float(fall)).power for fall in falls]
        points = list(zip((-falls).tolist(), chance, strict=True))
        lines.append(Line(f"{events} a month", points, colour, dash))
    return Plot(
        "Power: 48 months before, 24 after, one lasting step", lines, "fall in %", "chance to see it in %"
    )


def seatbelts() -> Plot:
    """The seat belt law of 1983: counted, fitted, and without the change."""
    months = pl.read_csv(ROOT / "tests/data/stats/seatbelts.csv")
    model = InterruptedSeries(169).fit(months["drivers"], exposure=months["kms"])
    late = range(169, len(months))
    marks = [
        Dots("counted", [(k, float(count)) for k, count in enumerate(months["drivers"])], GREY),
        Line("fitted", [(k, float(value)) for k, value in enumerate(model.fitted_)], BLUE),
        Line("without the change", [(k, float(model.expected_[k])) for k in late], ORANGE, "6 4"),
    ]
    years = {float(k): months["month"][k][:4] for k in range(0, len(months), 24)}
    return Plot("Drivers killed or seriously injured, Great Britain", marks, "", "drivers a month", years)


def main() -> None:
    """Draw all plots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in (("power", power_curves), ("seatbelts", seatbelts)):
        (FOLDER / f"{name}.svg").write_text(plot(draw()), encoding="utf-8")
        print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
