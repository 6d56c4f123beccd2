"""Near repeats: how long and how far around an event others follow."""

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Seed
from anlan.stats.hotspots import pair_counts

_MOST_PAIRS = 20_000_000
"""About 800 MB with their bands."""


def near_repeats(
    points: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    distances: npt.ArrayLike,
    intervals: npt.ArrayLike,
    permutations: int = 999,
    rng: Seed = None,
) -> pl.DataFrame:
    """Knox ratios over windows (Johnson et al. 2007; Ratcliffe's near-repeat table).

    distances and intervals: rising upper ends of the bands, such as [100, 200, 400] and [7, 14, 28]; a pair
    is in the first band whose end it does not pass. A row for each pair of bands: distance, interval,
    observed, expected (mean of permutations), ratio (None where nothing was expected), p_value. A ratio of
    1.8 says that a second event in that window is 80 % more frequent than if place and time were not
    linked. Raises ValueError as knox does, for bands that do not rise, and for more than 20 million pairs
    within the largest distance, since they are all listed.

    points (n, 2) in a plane unit, times (n,) numbers (days).

    Source: Johnson et al. (2007) "Space-time patterns of risk", Journal of Quantitative Criminology 23,
    pages 201-219.

    >>> points = [[0, 0], [1, 0], [100, 0], [101, 0], [200, 0], [201, 0]]
    >>> table = near_repeats(points, [0, 1, 50, 51, 90, 91], distances=[5], intervals=[2], rng=1)
    >>> table["observed"].to_list()
    [3]
    """
    places, when = pair_counts.events(points, times)
    far, late = _bands(distances, "distances"), _bands(intervals, "intervals")
    pair_counts.check_windows(far.tolist(), late.tolist(), permutations)
    _check_pairs(pair_counts.number_close_in_space(places, float(far[-1])))
    pairs = pair_counts.close_in_space(places, float(far[-1]))
    gaps = np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1)
    band = np.searchsorted(far * (1 + 1e-12), gaps).astype(np.int64)
    observed = pair_counts.count_in_bands(pairs, band, len(far), when[None, :], late)[0]
    blocks = pair_counts.permutations(when, permutations, _arrays.generator(rng))
    drawn = np.concatenate(
        [pair_counts.count_in_bands(pairs, band, len(far), block, late) for block in blocks]
    )
    mean = drawn.mean(axis=0)
    above = (1 + (drawn >= observed).sum(axis=0)) / (permutations + 1)
    return pl.DataFrame(
        {
            "distance": np.repeat(far, len(late)),
            "interval": np.tile(late, len(far)),
            "observed": observed.ravel(),
            "expected": mean.ravel(),
            "ratio": [o / e if e > 0 else None for o, e in zip(observed.ravel(), mean.ravel(), strict=True)],
            "p_value": above.ravel(),
        }
    )


def _check_pairs(number: int) -> None:
    if number > _MOST_PAIRS:
        raise ValueError(
            f"distances: {number:,} pairs lie within the largest, more than {_MOST_PAIRS:,} that memory is "
            "kept for; give shorter distances, or fewer events"
        )


def _bands(values: npt.ArrayLike, name: str) -> Floats:
    ends = _arrays.finite(values, name)
    if len(ends) == 0 or (np.diff(ends) <= 0).any():
        raise ValueError(f"{name} must rise, such as [100, 200, 400]")
    return ends
