"""What a scan finds: clusters, as frozen records."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars

type Floats = NDArray[np.float64]
type Truths = NDArray[np.bool_]
type Integers = NDArray[np.integer[Any]]


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
    """A circle and a time in which events are more (or fewer) than expected."""

    members: tuple[int, ...]
    """Row numbers of its places, rising."""
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
    """Share of replications, this data set counted as one, with a ratio at least as high somewhere."""
    gumbel_p_value: float
    """From a Gumbel curve through the replications: for triage, it errs upwards in the tail."""
    recurrence_interval: float | None
    """1 / p_value periods, for a prospective scan: chance alone gives such a cluster once in this time."""
    shares: tuple[Share, ...] = ()
    """For several kinds: what each adds."""


@dataclass(frozen=True)
class Clusters(Sequence[Cluster]):
    """Clusters by falling ratio; prints as a table."""

    found: tuple[Cluster, ...] = ()

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        return self.found[at]

    def __eq__(self, other: object) -> bool:
        return self.found == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.found)

    def __repr__(self) -> str:
        return as_table(self.found)

    def to_frame(self) -> "polars.DataFrame":
        """One row a cluster, one column a field; `members` is a list, `shares` is left out."""
        import polars

        whole = ("centre", "start", "end", "observed")
        names = [field.name for field in fields(Cluster) if field.name not in ("members", "shares")]
        series = [
            polars.Series("members", [list(one.members) for one in self.found], polars.List(polars.Int64)),
            *(
                polars.Series(
                    name,
                    [getattr(one, name) for one in self.found],
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
