"""The benchmark's small version agrees with the plain way (its speed is not judged here)."""

from tests.small_benchmarks import figures_of


def test_the_small_benchmark_of_knox_prints_its_figures() -> None:
    assert [figure["name"] for figure in figures_of("knox")] == ["knox_200_events_99_permutations"]
