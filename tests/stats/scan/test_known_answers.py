"""Answers that were published, or that another program gave."""

import csv
from pathlib import Path

import numpy as np
import pytest

from anlan.stats.scan import PoissonScan, stratified_baseline
from anlan.stats.scan._likelihood import largest_expected, ratio_high

COUNTIES = Path(__file__).parents[2] / "data/stats/pennlc.csv"


@pytest.mark.parametrize(
    ("observed", "expected", "llr"), [(10, 1.0, 14.060436), (2, 1.0, 0.386720), (1, 1.0, 0.0), (1, 2.0, 0.0)]
)
def test_the_terms_are_those_of_satscan(observed: int, expected: float, llr: float) -> None:
    assert ratio_high(observed, expected, 1175.0) == pytest.approx(llr, abs=1e-6)


@pytest.mark.parametrize("ratio", [1e-9, 0.01, 1.0, 10.0, 500.0])
@pytest.mark.parametrize("count", [1, 2, 30, 999, 1000])
def test_the_largest_expectation_is_where_the_ratio_is_met(count: int, ratio: float) -> None:
    limit = largest_expected(count, 1000.0, ratio)
    assert ratio_high(count, limit * (1 - 2e-4), 1000.0) >= ratio * 0.999
    assert ratio_high(count, limit, 1000.0) <= ratio


WESTERN = ["washington", "greene", "allegheny", "beaver", "fayette", "westmoreland", "butler"]


class TestPennsylvaniaLungCancer:
    """67 counties, 2002; answers of R's SpatialEpi 1.2.8."""

    rows = list(csv.DictReader(COUNTIES.read_text().splitlines()))

    def found(self) -> PoissonScan:
        table = {name: np.array([float(r[name]) for r in self.rows]) for name in ("lon", "lat", "cases")}
        expected = [float(r["expected"]) for r in self.rows]
        points = np.column_stack([table["lon"], table["lat"]])
        return PoissonScan(when="never", rng=1).fit(points, table["cases"], expected)

    def test_the_clusters_are_those_of_r(self) -> None:
        names = [r["county"] for r in self.rows]
        first, second = self.found().clusters_[:2]
        assert {names[at] for at in first.members} == {"delaware", "philadelphia"}
        assert {names[at] for at in second.members} == set(WESTERN)
        assert (first.observed, first.p_value) == (1900, 0.001)
        figures = (first.expected, first.llr, second.expected, second.llr)
        theirs = (1673.6486667891, 17.6628831254, 2200.9610664, 7.0989442326)
        assert figures == pytest.approx(theirs, abs=1e-6)
        assert second.p_value == pytest.approx(0.035, abs=0.02)  # theirs and ours are both drawn 999 times


def test_strata_expect_their_own_rates() -> None:
    baseline = stratified_baseline([[5, 0], [5, 10]], [[100, 50], [100, 50]])
    assert baseline.tolist() == [10.0, 10.0]


def test_strata_without_population_but_with_events_are_refused() -> None:
    with pytest.raises(ValueError, match="population of stratum 1 is 0 but it has events: join it"):
        stratified_baseline([[5, 1]], [[100, 0]])
