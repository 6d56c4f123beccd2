"""The coverage benchmark's small version computes cases of every kind (its shares are not judged here)."""

import pytest

from tests.small_benchmarks import figures_of


@pytest.mark.parametrize("only", ["differences_rare", "post_stratified"])
def test_the_small_benchmark_prints_a_figure_for_every_case(only: str) -> None:
    figures = figures_of("effects_coverage", "--only", only)
    assert figures and all(only in str(figure["name"]) for figure in figures)
    assert all(0 <= float(str(figure["value"])) <= 1 for figure in figures)
