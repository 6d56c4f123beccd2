"""Which places differ from the target by more than chance and the usual spread explain: funnel limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.rates._between import Law, Scatter, believed
from anlan.stats.rates._inputs import alike, amounts, refuse, whole
from anlan.stats.tables import text_table

Kind = Literal["poisson", "binomial"]
Spread = Literal["none", "multiplicative", "additive"]
Estimate = Literal["predictive", "consistent", "paper"]


@dataclass(frozen=True)
class FunnelLimits:
    """Limits around a target for each place; `lower` and `upper` are (levels, places).

    `dispersion` is the mean squared z-score (after winsorising) and never below 1, `between_variance` the
    variance of the true rates (additive spread only, else 0); of predictive limits both are what is believed
    on average. `outside` (levels, places): beyond the limits.
    """

    rate: Floats
    exposure: Floats
    target: float
    levels: tuple[float, ...]
    lower: Floats
    upper: Floats
    dispersion: float
    between_variance: float

    @property
    def outside(self) -> Flags:
        """(levels, places): the place lies beyond the limits of that level."""
        return np.asarray((self.rate < self.lower) | (self.rate > self.upper))

    def to_frame(self) -> pl.DataFrame:
        """A row for each place: exposure, rate, and lower, upper, outside of each level."""
        columns: dict[str, npt.NDArray[np.generic]] = {"exposure": self.exposure, "rate": self.rate}
        for level, lower, upper, outside in zip(
            self.levels, self.lower, self.upper, self.outside, strict=True
        ):
            columns |= {f"lower_{level:g}": lower, f"upper_{level:g}": upper, f"outside_{level:g}": outside}
        return pl.DataFrame(columns)

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"target {self.target:.6g}, dispersion {self.dispersion:.6g}")


def funnel_limits(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    target: float | None = None,
    *,
    kind: Kind = "poisson",
    levels: Sequence[float] = (0.95, 0.998),
    spread: Spread = "none",
    winsorise: float = 0.1,
    estimate: Estimate = "predictive",
) -> FunnelLimits:
    """Funnel-plot limits of rates (kind="poisson") or shares ("binomial") around `target` (None: pooled).

    counts, exposure : (places,); exposure is the number of trials for shares.
    spread : how places differ beyond chance. "none": not at all; "multiplicative": the variance of every
        place is so many times that of chance; "additive": true rates vary around the target, which large
        places feel most.
    winsorise : the share of places in each tail that is drawn in (Spiegelhalter 2005), so that the odd places
        do not hide themselves.
    estimate : "predictive": whole counts with at most half of 1 - level beyond each, by the negative binomial
        (shares: beta-binomial) law averaged over the spreads that the counts leave open; these hold what they
        say. "paper": limits interpolated between whole counts and stretched from the target by the root of
        the dispersion, or of 1 + between_variance / sampling variance (DerSimonian & Laird's moment
        estimate); nothing makes up for the drawing in (of normal scores 0.68 of the dispersion is found at
        0.1), so these are too narrow. "consistent": as "paper", divided by what is left of the variance of
        winsorised normal scores (Huber & Ronchetti 2009); a point or two short where few events are expected.

    Raises ValueError for invalid arrays, counts above trials, a target outside what the kind allows.

    Source: Spiegelhalter (2005) "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24, pages 1185-1202; DerSimonian & Laird (1986), Controlled Clinical Trials 7, pages 177-188.

    >>> found = funnel_limits([12, 30, 25, 80], [1000, 2500, 2600, 3000])
    >>> found.outside[1]
    array([False, False, False,  True])
    """
    events, exposed = _checked(counts, exposure, kind)
    if events.size == 0:
        raise ValueError("counts holds no place; give one at least")
    aim = float(events.sum() / exposed.sum()) if target is None else float(target)
    _refuse_target(aim, kind)
    if np.ndim(levels) != 1:
        raise ValueError(f"levels is {levels!r}; give a list, such as [0.95, 0.998]")
    tails = [(1 - _arrays.share(level, "levels")) / 2 for level in levels]
    variance = aim * (1 - aim if kind == "binomial" else 1.0) / exposed
    scores = _winsorised((events / exposed - aim) / np.sqrt(variance), winsorise)
    scores = scores / np.sqrt(_left_by_winsorising(winsorise, estimate))
    dispersion, between = _spread(scores, variance, spread)
    if estimate == "predictive":
        law = _law(events, exposed, aim, kind, spread, winsorise)
        dispersion, between = _on_average(law, aim, spread, dispersion)
        lower, upper = np.array([law.limits(tail) for tail in tails]).swapaxes(0, 1) / exposed
    else:
        stretch = np.sqrt(dispersion if spread == "multiplicative" else 1 + between / variance)
        lower = aim - stretch * (aim - np.array([_exact(tail, aim, exposed, kind) for tail in tails]))
        upper = aim + stretch * (np.array([_exact(1 - tail, aim, exposed, kind) for tail in tails]) - aim)
    most = 1.0 if kind == "binomial" else np.inf
    return FunnelLimits(
        events / exposed,
        exposed,
        aim,
        tuple(levels),
        np.clip(lower, 0.0, aim),
        np.clip(upper, aim, most),
        dispersion,
        between,
    )


def _law(events: Floats, exposed: Floats, aim: float, kind: Kind, spread: Spread, cut: float) -> Law:
    """What is believed of the places' counts after all of them were seen."""
    expected = aim * exposed
    trials = exposed if kind == "binomial" else None
    scatter = None if spread == "none" else _scatter(expected, trials, spread)
    return believed(events, expected, trials, scatter, cut)


def _scatter(expected: Floats, trials: Floats | None, spread: Spread) -> Scatter:
    """For a step of the grid, the variance of true rates over their square; the step is the dispersion less 1
    (additive: that of the middle place).
    """
    if spread == "additive":
        middle = float(np.median(expected))
        return lambda step: np.full_like(expected, step / middle)
    if trials is None:
        return lambda step: step / expected
    inside = np.maximum(trials - 1, 1.0)
    return lambda step: np.minimum(step / inside, 0.99) * (trials / expected - 1)


def _on_average(law: Law, aim: float, spread: Spread, dispersion: float) -> tuple[float, float]:
    """(dispersion, between variance) that the law believes in."""
    scatter, one = law.scatter, law.spreads[0]
    if spread == "additive":
        return dispersion, float(scatter[0]) * aim**2
    if spread == "none":
        return dispersion, 0.0
    if one.trials is None:
        return 1 + float((scatter * one.expected).mean()), 0.0
    inside = scatter / (one.trials / one.expected - 1) * np.maximum(one.trials - 1, 1.0)
    return 1 + float(inside.mean()), 0.0


def _checked(counts: npt.ArrayLike, exposure: npt.ArrayLike, kind: Kind) -> tuple[Floats, Floats]:
    if kind not in ("poisson", "binomial"):
        raise ValueError(f'kind is {kind!r}; give "poisson" for rates or "binomial" for shares')
    events = whole(_arrays.finite(counts, "counts"), "counts")
    raw = _arrays.finite(exposure, "exposure")
    alike(events, raw, "exposure")
    exposed = amounts(whole(raw, "exposure") if kind == "binomial" else raw, events)
    if kind == "binomial":
        refuse(events > exposed, events, "counts", "is above the number of trials; correct one of the two")
    return events, exposed


def _refuse_target(target: float, kind: Kind) -> None:
    if not 0 < target < (1 if kind == "binomial" else np.inf):
        raise ValueError(
            f"target is {target:g}; give one above 0 (a share: below 1), for nothing was counted"
        )


def exact_limits(
    target: npt.ArrayLike, exposure: npt.ArrayLike, level: float, kind: Kind = "poisson"
) -> tuple[Floats, Floats]:
    """Lower and upper limits of many funnels at once, exact and without extra spread, see `funnel_limits`.

    target, exposure : arrays that fit; every target above 0 (shares: below 1), every exposure above 0.
    """
    tail = (1 - _arrays.share(level, "level")) / 2
    aims, exposed = np.asarray(target, dtype=float), np.asarray(exposure, dtype=float)
    return _exact(tail, aims, exposed, kind), _exact(1 - tail, aims, exposed, kind)


def _exact(share: float, target: float | Floats, exposed: Floats, kind: Kind) -> Floats:
    """The quantile of the rate, interpolated so that it falls smoothly with the exposure."""
    law = stats.poisson(target * exposed) if kind == "poisson" else stats.binom(exposed, target)
    count = np.maximum(law.ppf(share), 0.0)
    part = (law.cdf(count) - share) / law.pmf(count)
    return np.asarray(np.maximum(count - part, 0.0) / exposed)


def _winsorised(scores: Floats, share: float) -> Floats:
    if not 0 <= share < 0.5:
        raise ValueError(f"winsorise is {share}; give the share of each tail, from 0 to below 0.5")
    low, high = np.quantile(scores, [share, 1 - share])
    return np.asarray(np.clip(scores, low, high))


def _left_by_winsorising(share: float, estimate: Estimate) -> float:
    """What is left of the variance of a normal score whose tails of that share are drawn in to their ends."""
    if estimate not in ("predictive", "consistent", "paper"):
        raise ValueError(f'estimate is {estimate!r}; give "predictive", "consistent" or "paper"')
    if estimate == "paper" or share == 0:
        return 1.0
    end = float(stats.norm.isf(share))
    return 1 - 2 * share + 2 * share * end**2 - 2 * end * float(stats.norm.pdf(end))


def _spread(scores: Floats, variance: Floats, spread: Spread) -> tuple[float, float]:
    if spread not in ("none", "multiplicative", "additive"):
        raise ValueError(f'spread is {spread!r}; give "none", "multiplicative" or "additive"')
    dispersion = max(1.0, float((scores**2).mean()))
    if spread != "additive" or len(scores) < 2:
        return dispersion, 0.0
    weights = 1 / variance
    excess = len(scores) * dispersion - (len(scores) - 1)
    freedom = weights.sum() - (weights**2).sum() / weights.sum()
    return dispersion, max(0.0, float(excess / freedom)) if dispersion > 1 else 0.0
