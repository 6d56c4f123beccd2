"""What cannot be scanned is refused: the message says where, and what would be right."""

import numpy as np
import pytest

from anlan.stats.scan import PermutationScan, PoissonScan

POINTS = [[120.0, 30.0], [120.1, 30.0], [120.2, 30.0]]
COUNTS = [[1, 2], [0, 3], [1, 0]]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"window": 0}, "window=0: give a whole number of at least 1"),
        ({"window": 2.5}, "window=2.5: give a whole number"),
        ({"max_share": 0}, "max_share=0: give a share above 0 and at most 1"),
        ({"max_share": 1.1}, "max_share=1.1: give a share"),
        ({"max_share": float("nan")}, "max_share=nan: give a share"),
        ({"neighbours": 0}, "neighbours=0: give a whole number of at least 1"),
        ({"when": "later"}, "when='later': give one of 'prospective', 'retrospective', 'never'"),
        ({"rates": "both"}, "rates='both': give one of 'high', 'low'"),
        ({"min_events": 0}, "min_events=0: give a whole number of at least 1"),
        ({"replications": -1}, "replications=-1: give a whole number of at least 0"),
        ({"h": -1}, "h=-1: give a whole number of at least 1"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(options, says) -> None:
    with pytest.raises(ValueError, match=says):
        PoissonScan(**options).fit(POINTS, COUNTS)


@pytest.mark.parametrize(
    ("points", "counts", "baseline", "says"),
    [
        ([1.0, 2.0], COUNTS, None, r"points has the shape \(2,\): give \(n, 2\)"),
        (POINTS[:2], COUNTS, None, r"counts has the shape \(3, 2\): give \(2, periods\)"),
        (POINTS, [1, 2, 3], None, 'for a scan without time say when="never"'),
        ([[30.0, 120.0], *POINTS[1:]], COUNTS, None, "row 0 is .* the longitude goes first"),
        ([[120.0, float("nan")], *POINTS[1:]], COUNTS, None, "points: nan at row 0, column 1; give a finite"),
        (
            POINTS,
            [[1, 2], [0, -3], [1, 0]],
            None,
            "counts: -3 at row 1, column 1; events are counted in whole",
        ),
        (POINTS, [[1, 2], [0.5, 3], [1, 0]], None, "counts: 0.5 at row 1, column 0; events are counted"),
        (POINTS, [[1, 2], [0, np.inf], [1, 0]], None, "counts: inf at row 1, column 1; give a finite number"),
        (POINTS, [["a", 2], [0, 3], [1, 0]], None, "counts must hold numbers only"),
        (POINTS, COUNTS, [1, 2], r"baseline has the shape \(2,\): give \(3,\) or \(3, 2\)"),
        (POINTS, COUNTS, [1, -2, 3], "baseline: -2 at row 1; give a population or an expectation from 0"),
        (POINTS, COUNTS, [1, float("nan"), 3], "baseline: nan at row 1; give a finite number"),
        (POINTS, COUNTS, [0, 0, 0], "baseline is 0 everywhere"),
        (POINTS, COUNTS, [1, 0, 1], "counts: 3 events in row 1, period 1, where the baseline is 0; give a"),
    ],
)
def test_arrays_that_cannot_be_scanned_are_refused(points, counts, baseline, says) -> None:
    with pytest.raises(ValueError, match=says):
        PoissonScan().fit(points, counts, baseline)


def test_a_permutation_scan_without_time_is_refused() -> None:
    with pytest.raises(ValueError, match="a permutation scan needs time; use PoissonScan for space alone"):
        PermutationScan(when="never").fit(POINTS, [1, 2, 3])


def test_coordinates_whose_squares_run_over_are_refused() -> None:
    with pytest.raises(ValueError, match=r"points reach 3e\+150: give plane units of at most 1e\+100"):
        PoissonScan().fit([[3e150, 0], [0, 0], [1, 1]], COUNTS, geometry="plane")


def test_more_events_than_can_be_dealt_or_added_up_are_refused() -> None:
    with pytest.raises(ValueError, match="1,000,000,000 events: a permutation scan deals fewer than"):
        PermutationScan().fit(POINTS, [[10**9, 0], [0, 0], [0, 0]])
    with pytest.raises(ValueError, match=r"counts add up to 2e\+15: give at most 1e\+15"):
        PoissonScan().fit(POINTS, [[10**15, 0], [0, 10**15], [0, 0]])


def test_kinds_of_different_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="counts of kind 1 have 1 periods, those of kind 0 2"):
        PoissonScan().fit_kinds(POINTS, [COUNTS, [[1], [2], [3]]])


def test_no_event_is_no_cluster() -> None:
    scan = PoissonScan(rng=1).fit(POINTS, np.zeros((3, 4), int))
    assert (list(scan.clusters_), str(scan.clusters_)) == ([], "no cluster")
