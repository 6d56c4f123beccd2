"""The scan written down as it is defined, with no thought of speed: what the tests compare with."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Best:
    members: list[int]
    start: int
    end: int
    observed: int
    llr: float
    radius: float
    centre: tuple[float, float]


def circles(points, weights, max_share, neighbours=None):
    """Sets of places: (centre, radius, members)."""
    points = np.asarray(points, dtype=float)
    for centre in range(len(points)):
        gaps = np.round(np.hypot(*(points - points[centre]).T), 9)
        for gap in np.unique(gaps):
            members = np.flatnonzero(gaps <= gap)
            if weights[members].sum() > max_share * weights.sum() * (1 + 1e-12):
                break
            if neighbours is not None and len(members) > neighbours and gap > 0:
                break  # the places at the centre's own point are in its first circle whatever their number
            yield centre, float(gap), members


def windows(periods, window, when):
    """(start, end) of all the times a cluster may have."""
    for start in range(periods):
        for end in range(start, periods):
            if end - start < window and (when == "retrospective" or end == periods - 1):
                yield start, end


def ratio(c, e, total, rates):
    if (rates == "high" and c <= e * (1 + 1e-9)) or (rates == "low" and c >= e * (1 - 1e-9)):
        return 0.0
    inside = c * np.log(c / e) if c else 0.0
    return inside + ((total - c) * np.log((total - c) / (total - e)) if total > c else 0.0)


def cylinders(points, counts, expected, *, window, max_share, when, rates, min_events, neighbours=None):
    """All cylinders with a ratio above 0, as they come."""
    weights = expected.sum(axis=1)
    for centre, radius, members in circles(points, weights, max_share, neighbours):
        for start, end in windows(counts.shape[1], window, when):
            c = int(counts[members, start : end + 1].sum())
            e = float(expected[members, start : end + 1].sum())
            if rates == "low" or c >= min_events:
                llr = ratio(c, e, float(counts.sum()), rates)
                if llr > 1e-9:
                    yield Best(members.tolist(), start, end, c, llr, radius, tuple(points[centre]))


def clusters(*args, **kwargs):
    """The best cylinder, then the best that shares no place with it, and so on; ties as in `_size`."""
    left = list(cylinders(*args, **kwargs))
    found = []
    while left:
        top = max(one.llr for one in left)
        tied = [one for one in left if one.llr >= top - 1e-9]
        best = min(tied, key=_size)
        found.append(best)
        left = [one for one in left if not set(one.members) & set(best.members)]
    return found


def _size(one):
    return len(one.members), one.radius, one.end - one.start, one.start, one.centre
