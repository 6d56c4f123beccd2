"""The small version of the benchmark agrees with counting days one by one (its speed is not judged here)."""

from tests.small_benchmarks import figures_of


def test_the_small_benchmark_of_deadlines_prints_its_figures() -> None:
    assert len(figures_of("deadlines")) == 6
