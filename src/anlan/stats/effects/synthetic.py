"""Synthetic control: one place against a weighted mixture of others that moved like it before."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class SyntheticResult:
    """What a fitted SyntheticControl learned; prints as a table and its sentence."""

    averted: Effect
    p_value: float
    placebo_space: pl.DataFrame
    placebo_time: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """One row: the events averted, with the p from the placebos in space."""
        return pl.DataFrame([{**self.averted.row(), "p_placebo": self.p_value}])

    def sentence(self, lang: Lang = "en") -> str:
        """How the place fared against its synthetic control, in "en" or "zh"."""
        return self.averted.sentence(lang)

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


class SyntheticControl:
    """Synthetic control with placebos in space and time (Abadie, Diamond & Hainmueller 2010, 2015).

    Weights are not negative and sum to 1, chosen to follow the place before the change. The interval comes
    from the placebos: every other place is treated as if it were the one; their misses, each over the root
    of what was expected, give the spread, and Student's t with (other places - 1) degrees of freedom the
    reach.

    Parameters
    ----------
    change : column number of the first period after the change.
    match : "shape" matches each series over its own mean before, so that places of any size can be
        mixed; "level" matches the rates themselves, as in the papers.
    level : of the interval.
    placebo_dates : how many earlier dates are tried as placebos in time.

    Learned: `weights_` (places,) with 0 at the treated, `synthetic_` (periods,) expected counts, `averted_`
    (Effect), `p_value_` (rank of the after/before ratio of misses among the placebos), `placebo_space_`,
    `placebo_time_` (frames), `result_`.

    Source: Abadie, Diamond & Hainmueller (2010), Journal of the American Statistical Association 105,
    pages 493-505.

    >>> import numpy as np
    >>> counts = np.outer([10, 20, 30, 40, 50], 1 + 0.1 * np.sin(np.arange(30)))
    >>> counts[0, 20:] *= 0.5
    >>> model = SyntheticControl(20).fit(counts, treated=0)
    >>> round(float(model.averted_.estimate))
    51
    >>> model.sentence("zh")
    '说不准有没有变化：变化以来，该地与合成对照相比，事件数比预期少51起，但95%区间：少477起到多375起，包含零。'
    """

    def __init__(
        self,
        change: int,
        *,
        match: Literal["shape", "level"] = "shape",
        level: float = 0.95,
        placebo_dates: int = 5,
    ) -> None:
        self.change = change
        self.match = match
        self.level = level
        self.placebo_dates = placebo_dates

    def fit(self, counts: npt.ArrayLike, treated: int, exposure: npt.ArrayLike | None = None) -> Self:
        """Fit counts (places, periods); treated: its row; exposure (places,) or (places, periods).

        Raises ValueError for fewer than three other places, fewer than three periods before, a place without
        exposure, and for invalid arrays.
        """
        _arrays.share(self.level, "level")
        events = _arrays.counts(counts, dimensions=2)
        amount = _arrays.exposure(exposure, events)
        self._check(events, amount, treated)
        shapes = _shapes(events, amount, self.change, self.match)
        self.weights_ = _weights(shapes, treated, self.change)
        self.synthetic_ = _synthetic(events, amount, shapes, self.weights_, treated, self.change, self.match)
        misses = [_miss(events, amount, row, self.change, self.match) for row in range(len(events))]
        self.placebo_space_ = pl.DataFrame(misses)
        self.averted_ = self._averted(events, treated)
        ratios = self.placebo_space_["ratio"].to_numpy()
        self.p_value_ = float((ratios >= ratios[treated] * (1 - 1e-12)).mean())
        self.placebo_time_ = self._earlier(events, amount, treated)
        self.result_ = SyntheticResult(self.averted_, self.p_value_, self.placebo_space_, self.placebo_time_)
        return self

    def sentence(self, lang: Lang = "en") -> str:
        """How the place fared against its synthetic control, in "en" or "zh"."""
        return self.result_.sentence(lang)

    def _averted(self, events: Floats, treated: int) -> Effect:
        expected = float(self.synthetic_[self.change :].sum())
        others = np.delete(self.placebo_space_["z"].to_numpy(), treated)
        # Never below what counts vary by chance: the place's own and its synthetic's.
        chance = 1 + float((self.weights_**2).sum())
        spread = max(float((others**2).mean()), chance) * max(expected, 1.0)
        return effect(
            expected - float(events[treated, self.change :].sum()),
            float(np.sqrt(spread)),
            level=self.level,
            degrees_of_freedom=len(others) - 1,
            scale="averted",
            subject="synthetic",
        )

    def _earlier(self, events: Floats, amount: Floats, treated: int) -> pl.DataFrame:
        first = max(3, self.change // 2)
        dates = np.unique(np.linspace(first, self.change - 2, self.placebo_dates).astype(int))
        before = slice(0, self.change)
        rows = [
            {
                "change": int(date),
                **_miss(events[:, before], amount[:, before], treated, int(date), self.match),
            }
            for date in dates
            if 3 <= date < self.change - 1
        ]
        return pl.DataFrame(rows)

    def _check(self, events: Floats, amount: Floats, treated: int) -> None:
        _arrays.whole(change=self.change, treated=treated, placebo_dates=self.placebo_dates)
        if self.match not in ("shape", "level"):
            raise ValueError(f"match is {self.match!r}; give 'shape' or 'level'")
        if not 0 <= treated < len(events):
            raise ValueError(f"treated is {treated} but there are rows 0 to {len(events) - 1}")
        if len(events) < 4:
            raise ValueError(f"{len(events) - 1} other places are too few to see a spread; give at least 3")
        if not 3 <= self.change < events.shape[1]:
            raise ValueError(
                f"change is {self.change}; give at least 3 of {events.shape[1]} periods before it and 1 after"
            )
        if (amount <= 0).any():
            raise ValueError("exposure is 0 for some place and period; leave that place out")


def _shapes(events: Floats, amount: Floats, change: int, match: str) -> Floats:
    rates = events / amount
    if match == "level":
        return np.asarray(rates / rates.mean() if rates.any() else rates)
    means = rates[:, :change].mean(axis=1, keepdims=True)
    return np.asarray(rates / np.where(means > 0, means, 1.0))


def _weights(shapes: Floats, treated: int, change: int) -> Floats:
    """Least squares on the simplex: the point of the hull of the others that is nearest to the treated place.

    With columns C = other less treated, weights w and a size s >= 0, the least of |s C w|^2 + (s - 1)^2 over
    s is q / (1 + q) for q = |C w|^2, and grows with q: non-negative least squares of [C; 1] on [0; 1] is s w.
    """
    others = np.delete(np.arange(len(shapes)), treated)
    gaps = (shapes[others, :change] - shapes[treated, :change]).T
    scale = float(np.linalg.norm(gaps)) or 1.0
    matrix = np.vstack([gaps / scale, np.ones(len(others))])
    target = np.append(np.zeros(change), 1.0)
    solution = optimize.nnls(matrix, target, maxiter=50 * len(others))[0]
    weights = np.zeros(len(shapes))
    weights[others] = solution / solution.sum()
    return weights


def _synthetic(
    events: Floats, amount: Floats, shapes: Floats, weights: Floats, treated: int, change: int, match: str
) -> Floats:
    rates = events / amount
    size = (
        float(rates[treated, :change].mean())
        if match == "shape"
        else float(rates.mean())
        if rates.any()
        else 1.0
    )
    return np.asarray(weights @ shapes * size * amount[treated])


def _miss(events: Floats, amount: Floats, row: int, change: int, match: str) -> dict[str, float]:
    shapes = _shapes(events, amount, change, match)
    weights = _weights(shapes, row, change)
    gap = events[row] - _synthetic(events, amount, shapes, weights, row, change, match)
    expected = float((events[row] - gap)[change:].sum())
    before, after = float((gap[:change] ** 2).mean()), float((gap[change:] ** 2).mean())
    return {
        "place": float(row),
        "averted": -float(gap[change:].sum()),
        "z": -float(gap[change:].sum()) / max(expected, 1.0) ** 0.5,
        "ratio": (after / max(before, 1e-9)) ** 0.5,
    }
