"""The small benchmark of rules runs through (its speed is not judged here)."""

from tests.small_benchmarks import figures_of


def test_the_small_benchmark_of_rules_prints_its_figure() -> None:
    assert [figure["name"] for figure in figures_of("rules")] == ["6 rules on 20,000 readings"]
