"""Draw the plots of scan.md into build/docs/stats/ (SVG, never committed).

python docs/stats/draw_scan.py
"""

from pathlib import Path

import numpy as np
import polars as pl

from anlan.edge.cli.plots import BLUE, GREY, RED, Dots, Line, Plot, plot
from anlan.stats import PoissonScan

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/docs/stats"


def main() -> None:
    """Draw where the cluster of Pennsylvania lies, and its ratio among the replications."""
    table = pl.read_csv(ROOT / "tests/data/stats/pennlc.csv")
    where = table.select("lon", "lat").to_numpy()
    scan = PoissonScan(when="never", rng=1).fit(where, table["cases"], table["expected"])
    best = scan.clusters_[0]
    rest = [tuple(point) for at, point in enumerate(where.tolist()) if at not in best.members]
    marks = [Dots("counties", rest, GREY), Dots("cluster", where[list(best.members)].tolist(), RED, 5.0)]
    ratios = np.sort(scan.maxima_)
    share = [(float(r), 1 - k / ratios.size) for k, r in enumerate(ratios)]
    drawn = {
        "scan_map": Plot("Lung cancer in Pennsylvania", marks, "longitude", "latitude", kind="map"),
        "scan_replications": Plot(
            "Best ratios by chance, and the one observed",
            [
                Line("at least as high", share, BLUE),
                Line("observed", [(best.llr, 0.0), (best.llr, 1.0)], RED),
            ],
            "log likelihood ratio",
            "share",
        ),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, drawing in drawn.items():
        (FOLDER / f"{name}.svg").write_text(plot(drawing))


if __name__ == "__main__":
    main()
