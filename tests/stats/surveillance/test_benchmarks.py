"""The small versions of the benchmarks run through (their speed and figures are not judged here)."""

import pytest

from tests.small_benchmarks import figures_of


@pytest.mark.parametrize(
    ("name", "options"), [("surveillance", []), ("interval_coverage", ["--only", "mean_0.5"])]
)
def test_the_small_version_prints_its_figures(name: str, options: list[str]) -> None:
    figures = figures_of(name, *options)
    keys = {"name", "value", "unit", "reference", "reference_value", "ratio", "goal", "holds"}
    assert figures and all(set(figure) == keys for figure in figures)
