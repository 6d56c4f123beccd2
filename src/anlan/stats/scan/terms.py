"""What a scan finds: clusters, as frozen records."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars

type Floats = NDArray[np.float64]
type Truths = NDArray[np.bool_]
type Integers = NDArray[np.integer[Any]]


class Rows(list[int]):
    """Row numbers: a list, so that it indexes arrays, which also equals a tuple of the same numbers."""

    def __eq__(self, other: object) -> bool:
        return super().__eq__(list(other) if isinstance(other, tuple) else other)

    def __ne__(self, other: object) -> bool:
        return super().__ne__(list(other) if isinstance(other, tuple) else other)

    __hash__ = None  # as of any list


@dataclass(frozen=True)
class Share:
    """What one kind of event adds to a cluster that was found in several kinds at once."""

    kind: int
    """Its place among the kinds given to `fit_kinds`, from 0."""
    observed: int
    expected: float
    relative_risk: float
    llr: float
    """0 when this kind is not raised (or lowered) there."""


@dataclass(frozen=True)
class Cluster:
    """A circle and a time in which events are more (or fewer) than expected.

    A frozen record; raises nothing.

    Source: Kulldorff (1997), pages 1481-1496 (the ratio and its p-value); Kulldorff (2001), pages 61-72
    (time, the recurrence interval), both named in full in `PoissonScan`.

    >>> from anlan.stats import PoissonScan
    >>> points, counts = [[0, 0], [1, 0], [5, 0], [6, 0]], [[0, 6], [1, 5], [2, 2], [3, 1]]
    >>> best = PoissonScan(rng=1).fit(points, counts, geometry="plane").clusters_[0]
    >>> best.members, best.centre, best.radius, (best.start, best.end), best.observed, best.expected
    ([0, 1], 0, 1.0, (1, 1), 11, 5.0)
    """

    members: Rows = field(hash=False)
    """Row numbers of its places, rising: a list."""
    centre: int
    """Row number of the place in its middle."""
    radius: float
    """Distance of its outermost place from the centre: km, or units of the plane."""
    start: int
    """First period, from 0."""
    end: int
    """Last period, inclusive."""
    observed: int
    expected: float
    """Of the events observed in all, how many would lie here if nothing was raised or lowered."""
    relative_risk: float
    """Rate inside over rate outside; where no event lies outside, half an event is taken to lie there."""
    llr: float
    """Log likelihood ratio: the higher, the less can chance explain it."""
    p_value: float
    """Share of replications, this data set counted as one, with a ratio at least as high somewhere; nan
    without replications.
    """
    gumbel_p_value: float
    """From a Gumbel curve through the replications: for triage, it errs upwards in the tail."""
    recurrence_interval: float | None
    """1 / p_value periods, for a prospective scan: chance alone gives such a cluster once in this time."""
    shares: tuple[Share, ...] = ()
    """For several kinds: what each adds."""


class Clusters(list[Cluster]):
    """Clusters by falling ratio: a list that prints as a table.

    Each later one is the best that shares no place with an earlier one. Raises nothing.

    Source: Kulldorff (1997), pages 1481-1496, as `PoissonScan`.

    >>> from anlan.stats import PoissonScan
    >>> points, counts = [[0, 0], [1, 0], [5, 0], [6, 0]], [[0, 6], [1, 5], [2, 2], [3, 1]]
    >>> found = PoissonScan(rng=1).fit(points, counts, geometry="plane").clusters_
    >>> found
    #  centre  places  radius  periods  observed  expected  rel. risk     llr      p
    0       0       2    1.00      1-1        11      5.00       3.67  4.0756  0.021
    >>> found.to_frame().shape
    (1, 12)
    """

    def __repr__(self) -> str:
        return as_table(self)

    __str__ = __repr__

    def to_frame(self) -> "polars.DataFrame":
        """One row a cluster, one column a field; `members` is a list, `shares` is left out."""
        import polars

        whole = ("centre", "start", "end", "observed")
        names = [one.name for one in fields(Cluster) if one.name not in ("members", "shares")]
        series = [
            polars.Series("members", [list(one.members) for one in self], polars.List(polars.Int64)),
            *(
                polars.Series(
                    name,
                    [getattr(one, name) for one in self],
                    polars.Int64 if name in whole else polars.Float64,
                )
                for name in names
            ),
        ]
        return polars.DataFrame(series)


_HEAD = ("#", "centre", "places", "radius", "periods", "observed", "expected", "rel. risk", "llr", "p")
_MOST_LINES = 10


def as_table(clusters: Sequence[Cluster]) -> str:
    """A table for a terminal; past ten clusters the rest are counted."""
    if not clusters:
        return "no cluster"
    lines = [_HEAD, *(_line(at, cluster) for at, cluster in enumerate(clusters[:_MOST_LINES]))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in lines]
    if len(clusters) > _MOST_LINES:
        text.append(f"... and {len(clusters) - _MOST_LINES} more")
    return "\n".join(text)


def _line(at: int, cluster: Cluster) -> tuple[str, ...]:
    return (
        str(at),
        str(cluster.centre),
        str(len(cluster.members)),
        f"{cluster.radius:.2f}",
        f"{cluster.start}-{cluster.end}",
        str(cluster.observed),
        f"{cluster.expected:.2f}",
        f"{cluster.relative_risk:.2f}",
        f"{cluster.llr:.4f}",
        f"{cluster.p_value:.4g}",
    )
