"""The benchmark's small version agrees with the plain way (its speed is not judged here)."""

import runpy
from pathlib import Path

from tests.small_benchmarks import figures_of

ROOT = Path(__file__).parents[3]


def test_the_small_benchmark_of_the_scan_agrees_with_the_plain_way() -> None:
    assert [(figure["name"], figure["holds"]) for figure in figures_of("scan")] == [
        ("scan_agrees_prospective", True),
        ("scan_agrees_retrospective", True),
    ]


def test_the_sizes_can_be_computed_in_every_case() -> None:
    assert len(figures_of("scan_size")) == 8


def test_the_power_can_be_computed_on_every_curve() -> None:
    assert [figure["holds"] for figure in figures_of("scan_power")] == [True] * 5


def test_the_plots_of_the_page_can_be_drawn(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "docs/stats/draw_scan.py"))
    script["main"].__globals__["FOLDER"] = tmp_path
    script["main"]()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["scan_map.svg", "scan_replications.svg"]
