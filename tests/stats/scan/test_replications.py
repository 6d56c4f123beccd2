"""Replications: the same answer however they are spread, stopping early, triage, several kinds, progress."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from anlan.stats.scan import PermutationScan, PoissonScan
from anlan.stats.scan._ranking import gumbel_p_value, p_value


def study(seed: int = 5, n: int = 40, periods: int = 30):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.4, (n, periods))
    counts[:3, -4:] += 2
    return rng.random((n, 2)), counts


def answer(scan) -> tuple[object, list[float]]:
    scan.fit(*study(), geometry="plane")
    return scan.clusters_, scan.maxima_.tolist()


@pytest.mark.parametrize("kind", [PoissonScan, PermutationScan])
def test_one_thread_and_four_give_the_same_answer(kind) -> None:
    one, four = (answer(kind(window=8, rng=2, workers=workers)) for workers in (1, 4))
    assert one == four


def test_processes_give_the_answer_of_threads() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        spread = answer(PoissonScan(window=8, replications=199, rng=2, workers=pool))
    assert spread == answer(PoissonScan(window=8, replications=199, rng=2))


def test_a_seed_fixes_the_answer_and_another_seed_changes_it() -> None:
    first, again, other = (answer(PoissonScan(window=8, rng=rng))[1] for rng in (2, 2, 3))
    assert first == again != other


def test_more_replications_begin_with_the_fewer() -> None:
    few, many = (answer(PoissonScan(window=8, rng=2, replications=size))[1] for size in (99, 500))
    assert many[:99] == few


def test_progress_is_told_up_to_the_end() -> None:
    told = []
    answer(PoissonScan(window=8, rng=2, progress=lambda done, wanted: told.append((done, wanted))))
    assert told[-1] == (999, 999) and told == sorted(told)


def test_stopping_at_h_gives_h_over_the_replications_made() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(1.0, (30, 10))
    scan = PoissonScan(window=5, rng=4, h=10).fit(rng.random((30, 2)), counts, geometry="plane")
    made = scan.maxima_.size
    assert made < 999 and scan.clusters_[0].p_value == 10 / made
    assert (scan.maxima_ >= scan.clusters_[0].llr).sum() == 10


def test_ranks_count_the_data_set_itself_and_ties() -> None:
    maxima = np.array([1.0, 2.0, 3.0, 3.0 - 1e-12])
    assert [p_value(maxima, ratio) for ratio in (4.0, 3.0, 0.5)] == [0.2, 0.6, 1.0]
    assert p_value(maxima, 1.5, h=2) == 2 / 3


def test_the_gumbel_tail_is_that_of_the_curve() -> None:
    maxima = np.random.default_rng(3).gumbel(8.0, 1.2, 200_000)
    assert gumbel_p_value(maxima, 8.0 + 1.2 * 6) == pytest.approx(1 - np.exp(-np.exp(-6)), rel=0.05)


def test_the_recurrence_interval_is_told_for_prospective_scans_alone() -> None:
    prospective, retrospective = (
        answer(PoissonScan(window=8, rng=2, when=when))[0][0] for when in ("prospective", "retrospective")
    )
    assert prospective.recurrence_interval == 1 / prospective.p_value
    assert retrospective.recurrence_interval is None


def test_several_kinds_add_their_ratios() -> None:
    points, counts = study()
    other = np.random.default_rng(9).poisson(0.3, counts.shape)
    other[:3, -4:] += 1
    scan = PoissonScan(window=8, rng=2, replications=19)
    found = scan.fit_kinds(points, [counts, other], geometry="plane").clusters_[0]
    assert found.llr == pytest.approx(sum(share.llr for share in found.shares))
    assert found.llr > max(
        scan.fit(points, one, geometry="plane").clusters_[0].llr for one in (counts, other)
    )
    assert found.observed == sum(share.observed for share in found.shares)


def test_the_result_prints_as_a_table_and_gives_a_frame() -> None:
    found = answer(PoissonScan(window=8, rng=2))[0]
    assert str(found).splitlines()[0].split()[:4] == ["#", "centre", "places", "radius"]
    frame = found.to_frame()
    assert frame.row(0, named=True)["members"] == list(found[0].members)
    assert frame.height == len(found)
