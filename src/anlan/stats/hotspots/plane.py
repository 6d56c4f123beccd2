"""Density of events on a plane."""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from scipy import spatial

from anlan.stats import _arrays
from anlan.stats._arrays import Floats

Kernel = Literal["quartic", "gaussian"]


class PlaneDensity:
    """Kernel density on a plane (Silverman 1986, section 4.2).

    Parameters
    ----------
    bandwidth : reach of the quartic kernel, or standard deviation of the Gaussian, in the unit of the points.
    kernel : "quartic" (nothing beyond the bandwidth; usual for hotspot maps) or "gaussian".

    Learned: `points_`, `weights_`.

    Source: Silverman (1986) "Density Estimation for Statistics and Data Analysis", section 4.2.

    >>> model = PlaneDensity(bandwidth=100).fit([[0, 0], [50, 0]])
    >>> model.density([[0, 0], [500, 0]]).round(6).tolist()
    [0.000149, 0.0]
    """

    def __init__(self, bandwidth: float, *, kernel: Kernel = "quartic") -> None:
        self.bandwidth = bandwidth
        self.kernel = kernel

    def fit(self, points: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Self:
        """Learn points (n, 2), each counting `weights` (n,) events (None = 1).

        Raises ValueError for a bandwidth that is not above 0, an unknown kernel, and invalid arrays.
        """
        _arrays.above_zero(bandwidth=self.bandwidth)
        if self.kernel not in ("quartic", "gaussian"):
            raise ValueError(f"kernel is {self.kernel!r}; give 'quartic' or 'gaussian'")
        self.points_ = plane_points(points)
        self.weights_ = event_weights(weights, len(self.points_))
        return self

    def density(self, at: npt.ArrayLike) -> Floats:
        """Events a unit of area at places (m, 2) -> (m,); over the whole plane it sums to the events."""
        places = plane_points(at, "at")
        result = np.zeros(len(places))
        if len(self.points_) == 0 or len(places) == 0:
            return result
        reach = self.bandwidth if self.kernel == "quartic" else 6 * self.bandwidth
        near = spatial.cKDTree(places).sparse_distance_matrix(
            spatial.cKDTree(self.points_), reach, output_type="ndarray"
        )
        heights = _height(near["v"] / self.bandwidth, self.kernel) / self.bandwidth**2
        np.add.at(result, near["i"], heights * self.weights_[near["j"]])
        return result


def plane_points(values: npt.ArrayLike, name: str = "points") -> Floats:
    """Points as (n, 2), also for none at all."""
    array = _arrays.numbers(values, name)
    array = _arrays.finite(array.reshape(0, 2) if array.size == 0 else array, name, 2)
    if array.shape[1] != 2:
        raise ValueError(f"{name} has shape {array.shape}; give two coordinates for each point")
    return array


def event_weights(weights: npt.ArrayLike | None, size: int) -> Floats:
    """One weight a point, 1 where none are given."""
    array = np.ones(size) if weights is None else _arrays.counts(weights, "weights")
    if len(array) != size:
        raise ValueError(f"weights has {len(array)} rows but points has {size}; give one for each point")
    return array


def _height(scaled: Floats, kernel: Kernel) -> Floats:
    if kernel == "quartic":
        return np.asarray(3 / np.pi * np.maximum(1 - scaled**2, 0) ** 2)
    return np.asarray(np.exp(-(scaled**2) / 2) / (2 * np.pi))
