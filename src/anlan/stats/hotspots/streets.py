"""Density of events along streets: the equal-split kernel (Okabe & Sugihara)."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers
from anlan.stats._compiling import compiled, inner
from anlan.stats.hotspots.plane import event_weights
from anlan.stats.tables import text_table

Split = Literal["continuous", "discontinuous"]


@dataclass(frozen=True)
class StreetGraph:
    """Streets as edges between nodes: `ends` (edges, 2) node numbers from 0, `lengths` (edges,) in metres.

    Raises ValueError for lengths that are not above 0 and node numbers below 0.

    Source: Okabe & Sugihara (2012) "Spatial Analysis along Networks", chapter 3.

    >>> StreetGraph.of([[0, 1], [1, 2]], [100, 50]).degrees.tolist()
    [1, 2, 1]
    """

    ends: Integers
    lengths: Floats

    @classmethod
    def of(cls, ends: npt.ArrayLike, lengths: npt.ArrayLike) -> "StreetGraph":
        """A graph from arrays, checked."""
        pairs = _arrays.finite(ends, "ends", 2)
        metres = _arrays.finite(lengths, "lengths")
        if pairs.shape != (len(metres), 2):
            raise ValueError(
                f"ends has shape {pairs.shape}; give two nodes for each of {len(metres)} lengths"
            )
        if (metres <= 0).any():
            raise ValueError(
                f"lengths: {metres.min():g} at row {int(metres.argmin())} is not above 0; leave that edge out"
            )
        if (pairs < 0).any() or (pairs != np.round(pairs)).any():
            raise ValueError("ends must hold node numbers 0, 1, 2 ...")
        return cls(pairs.astype(np.int64), metres)

    @property
    def degrees(self) -> Integers:
        """How many street ends meet at each node."""
        return np.bincount(self.ends.ravel())


class StreetDensity:
    """Equal-split kernel density on a street graph (Okabe, Satoh & Sugihara 2009).

    A density on the plane spreads events over roofs and water; this one keeps them on the streets. Where n
    streets meet, "continuous" sends 2/n of the kernel on into each other street and (2 - n)/n back;
    "discontinuous" shares it equally among the n - 1 others. Both are unbiased on an endless uniform
    street; the continuous one keeps all of an event's mass on the graph (dead ends send it back), the
    discontinuous one loses it at dead ends.

    Parameters
    ----------
    bandwidth : reach along the streets, in the unit of the lengths.
    spacing : longest piece of street ("lixel") that gets a number.
    split : "continuous" or "discontinuous".

    Learned: `pieces_` (frame: edge, start, end in the unit of lengths), `density_` (pieces,) events a unit
    of length, averaged over the piece.

    Source: Okabe, Satoh & Sugihara (2009), International Journal of Geographical Information Science 23,
    pages 7-32.

    >>> graph = StreetGraph.of([[0, 1], [1, 2], [1, 3]], [100, 100, 100])
    >>> model = StreetDensity(bandwidth=60, spacing=20).fit(graph, edges=[0], offsets=[80])
    >>> round(float(model.density_ @ model.lengths_), 6)
    1.0
    >>> model.to_frame().height == len(model.density_)
    True
    """

    def __init__(self, bandwidth: float, *, spacing: float = 25.0, split: Split = "continuous") -> None:
        self.bandwidth = bandwidth
        self.spacing = spacing
        self.split = split

    def fit(
        self,
        graph: StreetGraph,
        edges: npt.ArrayLike,
        offsets: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn events (n,): the edge each lies on and how far from its first node, counting `weights` each.

        Raises ValueError for an event off its edge, and for a bandwidth or spacing that is not above 0.
        """
        _arrays.above_zero(bandwidth=self.bandwidth, spacing=self.spacing)
        if self.split not in ("continuous", "discontinuous"):
            raise ValueError(f"split is {self.split!r}; give 'continuous' or 'discontinuous'")
        on, along = _on_edges(graph, edges, offsets)
        counts = np.maximum(np.ceil(graph.lengths / self.spacing), 1).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(counts)])
        mass = np.zeros(int(first[-1]))
        events = (on, along, event_weights(weights, len(on)))
        streets = (graph.ends, graph.lengths, *_meeting(graph))
        _spread(mass, streets, (counts, first), events, float(self.bandwidth), self.split == "continuous")
        self.lengths_ = np.repeat(graph.lengths / counts, counts)
        self.density_ = mass / self.lengths_
        edge = np.repeat(np.arange(len(counts)), counts)
        start = (np.arange(len(mass)) - first[edge]) * self.lengths_
        self.pieces_ = pl.DataFrame({"edge": edge, "start": start, "end": start + self.lengths_})
        return self

    def to_frame(self) -> pl.DataFrame:
        """A row for each piece of street: edge, start, end, density."""
        return self.pieces_.with_columns(density=pl.Series(self.density_))

    def __str__(self) -> str:
        return text_table(self.to_frame())


def _on_edges(graph: StreetGraph, edges: npt.ArrayLike, offsets: npt.ArrayLike) -> tuple[Integers, Floats]:
    on, along = _arrays.finite(edges, "edges"), _arrays.finite(offsets, "offsets")
    _arrays.same_length(along, on, "offsets", "edges")
    wrong = (on < 0) | (on >= len(graph.lengths)) | (on != np.round(on))
    if wrong.any():
        raise ValueError(f"edges: {on[wrong][0]:g} is no edge; there are edges 0 to {len(graph.lengths) - 1}")
    numbers = on.astype(np.int64)
    off = (along < 0) | (along > graph.lengths[numbers] + 1e-6)
    if off.any():
        row = int(np.argmax(off))
        raise ValueError(
            f"offsets: {along[row]:g} at row {row} lies off its edge of {graph.lengths[numbers[row]]:g}"
        )
    return numbers, np.minimum(along, graph.lengths[numbers])


def _meeting(graph: StreetGraph) -> tuple[Integers, Integers]:
    """Which edges meet at each node: (nodes + 1,) starts into a list of edge x 2 + end."""
    order = np.argsort(graph.ends.ravel(), kind="stable")
    return np.concatenate([[0], np.cumsum(graph.degrees)]), order


@inner
def _cumulative(x: float) -> float:
    """Mass of the quartic kernel on a line from its middle to x (0 to 1 bandwidths)."""
    x = min(max(x, 0.0), 1.0)
    return 15.0 / 16.0 * (x - 2.0 / 3.0 * x**3 + x**5 / 5.0)


@inner
def _lay(
    mass: Floats,
    count: int,
    length: float,
    start: float,
    end: int,
    walked: float,
    share: float,
    bandwidth: float,
) -> float:
    """Lay the kernel on an edge's pieces (count,) from `start` to its `end` (0 or 1); what is walked then."""
    piece = length / count
    for step in range(count):
        k = step if end == 1 else count - 1 - step
        near = max(k * piece - start, 0.0) if end == 1 else max(start - (k + 1) * piece, 0.0)
        far = (k + 1) * piece - start if end == 1 else start - k * piece
        if far > 0.0:
            if walked + near >= bandwidth:
                break
            mass[k] += share * (
                _cumulative((walked + far) / bandwidth) - _cumulative((walked + near) / bandwidth)
            )
    return walked + (length - start if end == 1 else start)


@inner
def _share(degree: int, back: bool, continuous: bool) -> float:
    """What part of the kernel goes on into a street end where `degree` of them meet."""
    if continuous:
        return 2.0 / degree - 1.0 if back else 2.0 / degree
    return 0.0 if back else 1.0 / (degree - 1)


@compiled()
def _spread(
    mass: Floats,
    streets: tuple[Integers, Floats, Integers, Integers],
    pieces: tuple[Integers, Integers],
    events: tuple[Integers, Floats, Floats],
    bandwidth: float,
    continuous: bool,
) -> None:
    """Walk every way from every event as far as the bandwidth; a stack holds the branches still to walk."""
    ends, lengths, starts, meeting = streets
    counts, first = pieces
    on, along, weights = events
    for event in range(len(on)):
        edge, least = on[event], 1e-7 * weights[event]
        stack = [(edge, along[event], 1, 0.0, weights[event]), (edge, along[event], 0, 0.0, weights[event])]
        while len(stack) > 0:
            edge, start, end, walked, share = stack.pop()
            part = mass[first[edge] : first[edge + 1]]
            walked = _lay(part, counts[edge], lengths[edge], start, end, walked, share, bandwidth)
            node = ends[edge, end]
            if walked < bandwidth:
                for k in range(starts[node], starts[node + 1]):
                    other, side = meeting[k] // 2, meeting[k] % 2
                    back = other == edge and side == end
                    on_there = share * _share(starts[node + 1] - starts[node], back, continuous)
                    if abs(on_there) > least:
                        stack.append((other, lengths[other] * side, 1 - side, walked, on_there))
