"""Which places to compare with: the nearest that pass four checks on the time before the change."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect
from anlan.stats.tables import text_table

CHECKS = ("month_fit", "half_year_fit", "level_fit", "trend_fit")


@dataclass(frozen=True)
class ComparisonResult:
    """The chosen places and the effect against them; prints as a table and its sentence."""

    effect: Effect
    members: tuple[int, ...]
    checks: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """A row for each candidate: distance, the four checks, passed, chosen."""
        return self.checks

    def sentence(self, lang: Lang = "en") -> str:
        """How the place fared against the chosen ones, in "en" or "zh"."""
        return self.effect.sentence(lang)

    def __str__(self) -> str:
        return text_table(self.checks, self.sentence())


class ComparisonPlaces:
    """The nearest places that pass four checks before the change, and the effect against them.

    Choosing the best-fitting places instead picks those whose noise happens to agree, and bias follows: in
    published simulations about twice as much. So a check only sorts out; distance decides.

    The checks, given the events of the place and a candidate together:
    month fit: month by month the place's share varies no more than `dispersion` times what chance gives;
    half-year fit: the same over sums of six months; level: the ratio of the two rates is within `ratio`;
    trend: no difference in slope at level `alpha`.

    The effect is the ratio of ratios (after/before of the place over that of the chosen together), its
    standard error widened by the root of the dispersion, never narrowed: the largest of that by month and by
    half-year before the change, and that of the change after/before among all places that could have served
    (as Conley & Taber 2011 take the spread of the untreated; with their number less one degrees of freedom).

    Parameters
    ----------
    change : column number of the first period after the change.
    number : how many places are chosen.
    half_year : periods in half a year (6 months, 26 weeks).
    ratio, dispersion, alpha : limits of the checks.

    Learned: `members_` (rows, nearest first), `checks_` (a frame), `dispersion_`, `effect_` (Effect, log
    scale), `result_`.

    Source: Conley & Taber (2011), Review of Economics and Statistics 93, pages 113-125 (the spread of the
    untreated); the checks and their order are told in docs/stats/effects.md.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> counts = rng.poisson(30, (12, 48))
    >>> counts[0, 36:] = rng.poisson(15, 12)
    >>> model = ComparisonPlaces(36, number=4).fit(counts, treated=0, positions=np.arange(12.0)[:, None])
    >>> model.effect_.holds_zero
    False
    >>> model.sentence("zh")
    '变化之后，该地与所选对照地点相比，事件数比预期少43.5%（95%区间：少52.8%到少32.4%）。'
    """

    def __init__(
        self,
        change: int,
        *,
        number: int = 5,
        half_year: int = 6,
        ratio: float = 3.0,
        dispersion: float = 2.0,
        alpha: float = 0.05,
        level: float = 0.95,
    ) -> None:
        self.change = change
        self.number = number
        self.half_year = half_year
        self.ratio = ratio
        self.dispersion = dispersion
        self.alpha = alpha
        self.level = level

    def fit(
        self,
        counts: npt.ArrayLike,
        treated: int,
        positions: npt.ArrayLike,
        exposure: npt.ArrayLike | None = None,
        excluded: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit counts (places, periods), treated its row, positions (places, axes) in any plane unit.

        excluded (places,): true for places that cannot serve (treated too, or where events may have moved
        to). Raises ValueError when no place passes, with how many failed each check.
        """
        _arrays.share(self.level, "level")
        events = _arrays.counts(counts, dimensions=2)
        amount = _arrays.exposure(exposure, events)
        self._check(events, treated)
        distance = self._distances(positions, len(events), treated)
        barred = (
            np.zeros(len(events), bool)
            if excluded is None
            else _arrays.flags(excluded, len(events), "excluded")
        )
        candidates = [int(i) for i in np.argsort(distance, kind="stable") if i != treated and not barred[i]]
        rows = [
            {"place": i, "distance": float(distance[i]), **self._checks(events, amount, treated, i)}
            for i in candidates
        ]
        passed = [row["place"] for row in rows if all(row[check] for check in CHECKS)]
        if not passed:
            failed = {check: sum(not row[check] for row in rows) for check in CHECKS}
            raise ValueError(
                f"no place passes the checks before the change (failed: {failed}); "
                "give more places or wider limits"
            )
        self.members_: Integers = np.array(passed[: self.number], dtype=np.int64)
        self.checks_ = pl.DataFrame(rows).with_columns(
            passed=pl.col("place").is_in(passed), chosen=pl.col("place").is_in(self.members_.tolist())
        )
        self._learn(events, amount, treated, np.array(candidates))
        self.result_ = ComparisonResult(self.effect_, tuple(int(i) for i in self.members_), self.checks_)
        return self

    def sentence(self, lang: Lang = "en") -> str:
        """How the place fared against the chosen ones, in "en" or "zh"."""
        return self.result_.sentence(lang)

    def _checks(self, events: Floats, amount: Floats, treated: int, other: int) -> dict[str, bool]:
        before = slice(0, self.change)
        place, beside = events[treated, before], events[other, before]
        first, second = amount[treated, before], amount[other, before]
        months = _dispersion(place, beside, first, second)
        halves = _dispersion(*(_sums(part, self.half_year) for part in (place, beside, first, second)))
        level = _ratio(place.sum(), beside.sum(), first.sum(), second.sum())
        slope = _slope_p(place, beside, first, second, max(1.0, months))
        return {
            "month_fit": months <= self.dispersion,
            "half_year_fit": halves <= self.dispersion,
            "level_fit": 1 / self.ratio <= level <= self.ratio,
            "trend_fit": slope >= self.alpha,
        }

    def _learn(self, events: Floats, amount: Floats, treated: int, candidates: Integers) -> None:
        before, after = slice(0, self.change), slice(self.change, None)
        others, other_amount = events[self.members_].sum(axis=0), amount[self.members_].sum(axis=0)
        parts = (events[treated, before], others[before], amount[treated, before], other_amount[before])
        # Places that wander do so over half-years, and from before to after, more than by month.
        own = max(_dispersion(*parts), _dispersion(*(_sums(part, self.half_year) for part in parts)))
        others_own = _between(events[candidates], amount[candidates], self.change)
        self.dispersion_ = max(own, others_own)
        freedom = self.change - 1 if own >= others_own else min(self.change, len(candidates)) - 1
        totals = [(row[before].sum(), row[after].sum()) for row in (events[treated], others)]
        amounts = [(row[before].sum(), row[after].sum()) for row in (amount[treated], other_amount)]
        cells = np.array(totals).ravel()
        cells = cells + (0.5 if (cells == 0).any() else 0.0)
        rates = np.log(cells / np.array(amounts).ravel())
        self.effect_ = effect(
            float(rates[1] - rates[0] - rates[3] + rates[2]),
            float(np.sqrt((1 / cells).sum() * max(1.0, self.dispersion_))),
            level=self.level,
            degrees_of_freedom=max(freedom, 1),
            subject="comparison",
        )

    def _distances(self, positions: npt.ArrayLike, places: int, treated: int) -> Floats:
        where = _arrays.finite(positions, "positions", 2)
        if len(where) != places:
            raise ValueError(
                f"positions has {len(where)} rows but counts has {places}; give one for each place"
            )
        return np.asarray(np.linalg.norm(where - where[treated], axis=1))

    def _check(self, events: Floats, treated: int) -> None:
        _arrays.whole(change=self.change, treated=treated, number=self.number, half_year=self.half_year)
        if self.number < 1 or self.half_year < 1:
            raise ValueError(f"number is {self.number}, half_year {self.half_year}; give 1 or more of each")
        if not 0 <= treated < len(events):
            raise ValueError(f"treated is {treated} but there are rows 0 to {len(events) - 1}")
        if not 2 * self.half_year <= self.change < events.shape[1]:
            raise ValueError(
                f"change is {self.change}; give at least {2 * self.half_year} periods (two half-years) "
                f"before it and one after, of {events.shape[1]}"
            )


def _dispersion(place: Floats, beside: Floats, first: Floats, second: Floats) -> float:
    """Pearson's statistic over its degrees of freedom for the place's share in each period."""
    total = place + beside
    ratio = _ratio(place.sum(), beside.sum(), first.sum(), second.sum())
    share = ratio * first / np.maximum(ratio * first + second, 1e-300)
    variance = total * share * (1 - share)
    known = variance > 1e-12
    if known.sum() < 2:
        return 1.0
    return float(((place - total * share)[known] ** 2 / variance[known]).sum() / (known.sum() - 1))


def _between(events: Floats, amount: Floats, change: int) -> float:
    """Dispersion of the change after/before among places that nothing was done to; 1 for a single one."""
    first, second = amount[:, change:].sum(axis=1), amount[:, :change].sum(axis=1)
    if len(events) < 2:
        return 1.0
    return _dispersion(events[:, change:].sum(axis=1), events[:, :change].sum(axis=1), first, second)


def _slope_p(place: Floats, beside: Floats, first: Floats, second: Floats, dispersion: float) -> float:
    """p of a score test that the log ratio of the two rates has no slope, over-dispersed as given."""
    total = place + beside
    ratio = _ratio(place.sum(), beside.sum(), first.sum(), second.sum())
    share = ratio * first / np.maximum(ratio * first + second, 1e-300)
    variance = total * share * (1 - share)
    if variance.sum() <= 0:
        return 1.0
    times = np.arange(len(total)) - float((variance * np.arange(len(total))).sum() / variance.sum())
    spread = dispersion * float((variance * times**2).sum())
    score = float((times * (place - total * share)).sum())
    return 1.0 if spread <= 0 else float(2 * stats.norm.sf(abs(score) / np.sqrt(spread)))


def _sums(row: Floats, length: int) -> Floats:
    """Sums over whole stretches, counted back from the change; what is left over at the start is dropped."""
    whole = len(row) // length * length
    return np.asarray(row[len(row) - whole :].reshape(-1, length).sum(axis=1))


def _ratio(events: float, others: float, amount: float, other_amount: float) -> float:
    if events == 0 or others == 0:
        events, others = events + 0.5, others + 0.5
    return float(events / amount / (others / other_amount))
