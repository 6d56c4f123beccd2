"""A survey as it was drawn, and what it says about the population."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats, Seed
from anlan.stats.surveys import calibration, shape
from anlan.stats.surveys.bootstrap import Ratio, quantile
from anlan.stats.surveys.calibration import Margin
from anlan.stats.surveys.shape import OneOrStages
from anlan.stats.surveys.shares import beta_limits, logit_limits, with_limits
from anlan.stats.surveys.taylor import Lonely, Stage, covariance
from anlan.stats.surveys.terms import SurveyEstimate


class Design:
    """How a sample was drawn; estimates follow it (Särndal, Swensson & Wretman 1992; Lumley 2010).

    Parameters
    ----------
    weights : (n,) how many of the population each row stands for; None = population over sample, else 1.
    strata : (n,) labels of the strata of the first stage.
    clusters : (n,) labels of the clusters drawn, or a list of such arrays, one a stage; None = the rows.
    population : (n,) how many units (clusters, or rows) there are in the row's stratum in all, or one number
        for all rows, or a list, one a stage; None = so many that the share sampled does not matter.
    level : of the intervals.
    lonely : what to do with a stratum of one sampled unit: "error", "centre" (on the mean of all; errs
        upward) or "certainty" (no variance from it).
    interval : "linear", as R's survey: Student's t with `degrees_of_freedom`. With a dozen clusters or fewer,
        or skewed amounts, it holds the truth in 90 to 94 of 100 samples (docs/stats/surveys.md). "bootstrap":
        as many standard errors as the studentised bootstrap over clusters says, never fewer.
    replications, rng : of the bootstrap; the same seed gives the same interval.

    Raises ValueError when arrays differ in length or a population is smaller than its sample.

    Source: Särndal, Swensson & Wretman (1992) "Model Assisted Survey Sampling", chapters 5 (Taylor
    variances) and 10 (domains); Lumley (2010) "Complex Surveys", chapters 2 and 7; raking within bounds:
    Deville & Särndal (1992), Journal of the American Statistical Association 87, pages 376-382.

    >>> design = Design(strata=["a", "a", "b", "b"], population=[10, 10, 30, 30])
    >>> round(design.mean([1.0, 3.0, 4.0, 8.0]).estimate, 6)
    5.0
    """

    def __init__(
        self,
        weights: npt.ArrayLike | None = None,
        strata: npt.ArrayLike | None = None,
        clusters: OneOrStages = None,
        population: OneOrStages = None,
        *,
        level: float = 0.95,
        lonely: Lonely = "error",
        interval: Literal["linear", "bootstrap"] = "linear",
        replications: int = 999,
        rng: Seed = 0,
    ) -> None:
        self.level = _arrays.share(level, "level")
        self.lonely: Lonely = lonely
        if lonely not in ("error", "centre", "certainty"):
            raise ValueError(f"lonely is {lonely!r}; give 'error', 'centre' or 'certainty'")
        _arrays.whole(replications=replications)
        if interval not in ("linear", "bootstrap") or replications < 99:
            raise ValueError(
                f"interval is {interval!r} with {replications} replications; give 'linear', or 'bootstrap' "
                "with 99 or more"
            )
        self.interval: Literal["linear", "bootstrap"] = interval
        self.replications = replications
        self.rng = rng
        given = None if weights is None else _arrays.counts(weights, "weights")
        rows = None if given is None else len(given)
        self._stages = shape.stages(strata, clusters, population, rows)
        self._population = population
        self._weights = (
            shape.sampling_weights(given, self._stages, len(self._stages[0].units)) if self._stages else None
        )
        self._calibrated: Floats | None = None

    def mean(self, y: npt.ArrayLike, domain: npt.ArrayLike | None = None) -> SurveyEstimate:
        """Mean of y (n,) over the population, or over the rows of `domain` (n,) true or false.

        >>> Design(weights=[10, 10, 30, 30]).mean([1.0, 3.0, 4.0, 8.0], domain=[0, 0, 1, 1]).estimate
        6.0
        """
        values = self._values(y, "y")
        return self._ratio(values, np.ones_like(values), self._rows(domain, values))

    def total(self, y: npt.ArrayLike, domain: npt.ArrayLike | None = None) -> SurveyEstimate:
        """Total of y (n,) over the population, or over the rows of `domain`.

        >>> Design(weights=[10, 10, 30, 30]).total([1.0, 3.0, 4.0, 8.0]).estimate
        400.0
        """
        values = self._values(y, "y")
        rows = self._rows(domain, values)
        inside = values * rows
        weights = self._weights_of(values)
        simple = weights.sum() ** 2 * self._simple_variance(inside, np.ones(len(inside), bool))
        parts = [Ratio(weights * inside, self._evenly(values))]
        return self._estimate(float(weights @ inside), inside, simple, rows, parts)

    def ratio(
        self, y: npt.ArrayLike, x: npt.ArrayLike, domain: npt.ArrayLike | None = None
    ) -> SurveyEstimate:
        """Total of y over total of x, both (n,).

        >>> design = Design(weights=[10, 10, 30, 30])
        >>> round(design.ratio([1.0, 3.0, 4.0, 8.0], [2.0, 4.0, 8.0, 8.0]).estimate, 4)
        0.7407
        """
        values = self._values(y, "y")
        return self._ratio(values, self._values(x, "x"), self._rows(domain, values))

    def proportion(
        self,
        y: npt.ArrayLike,
        value: object,
        domain: npt.ArrayLike | None = None,
        *,
        method: Literal["logit", "beta"] = "logit",
    ) -> SurveyEstimate:
        """Share of the population whose y (n,) is `value`.

        The interval stays between 0 and 1: "logit", or "beta" (Korn & Graubard 1998), which is taken in any
        case when nobody or everybody has the value. Raises ValueError for a value that no row can be
        compared with.

        >>> Design(weights=[10, 10, 30, 30]).proportion(["no", "no", "yes", "no"], "yes").estimate
        0.375
        """
        if method not in ("logit", "beta"):
            raise ValueError(f"method is {method!r}; give 'logit' or 'beta'")
        labels = np.asarray(y)
        if labels.ndim != 1:
            raise ValueError(f"y has shape {labels.shape}; give one value for each row")
        having = np.array([label == value for label in labels.tolist()], dtype=np.float64)
        rows = self._rows(domain, having)
        found = self._ratio(having, np.ones_like(having), rows)
        inside = 0 < found.estimate < 1 and found.standard_error > 0
        limits = logit_limits(found) if method == "logit" and inside else beta_limits(found, int(rows.sum()))
        return with_limits(found, *limits)

    def difference(
        self, y: npt.ArrayLike, groups: npt.ArrayLike, first: object, second: object
    ) -> SurveyEstimate:
        """Mean of y where groups (n,) is `first` less that where it is `second`, from one sample.

        The two means share clusters, so their covariance is in the standard error.

        >>> design = Design(weights=[10, 10, 30, 30])
        >>> design.difference([1.0, 3.0, 4.0, 8.0], ["a", "a", "b", "b"], "b", "a").estimate
        4.0
        """
        values = self._values(y, "y")
        labels = np.asarray(groups)
        rows = [self._rows(labels == name, values) for name in (first, second)]
        means, scores = zip(*(self._linear(values, np.ones_like(values), row) for row in rows), strict=True)
        simple = sum(self._simple_variance(values, row) for row in rows)
        weights = self._weights_of(values)
        parts = [
            Ratio(weights * values * row, weights * row, sign)
            for row, sign in zip(rows, (1, -1), strict=True)
        ]
        return self._estimate(means[0] - means[1], scores[0] - scores[1], simple, rows[0] | rows[1], parts)

    def domains(
        self,
        y: npt.ArrayLike,
        groups: npt.ArrayLike,
        statistic: Literal["mean", "total"] = "mean",
    ) -> pl.DataFrame:
        """A row for each label of groups (n,): the mean or total of y there.

        Rows elsewhere still count as drawn: a domain is no sample of its own.

        >>> design = Design(weights=[10, 10, 30, 30])
        >>> design.domains([1.0, 3.0, 4.0, 8.0], ["a", "a", "b", "b"])["estimate"].to_list()
        [2.0, 6.0]
        """
        if statistic not in ("mean", "total"):
            raise ValueError(f"statistic is {statistic!r}; give 'mean' or 'total'")
        labels = np.asarray(groups)
        names = sorted(set(labels.tolist()), key=str)
        compute = {"mean": self.mean, "total": self.total}[statistic]
        frames = [
            compute(y, domain=labels == name).to_frame().select(pl.lit(name).alias("domain"), pl.all())
            for name in names
        ]
        return pl.concat(frames)

    def post_stratify(self, groups: npt.ArrayLike, totals: Mapping[Any, float]) -> Self:
        """The design with weights that reproduce the totals of groups (n,): {label: how many there are}.

        Raises ValueError for a label without a total, or a total without rows.

        >>> design = Design(weights=[10, 10, 30, 30]).post_stratify(["a", "a", "b", "b"], {"a": 40, "b": 40})
        >>> design.weights.tolist()
        [20.0, 20.0, 20.0, 20.0]
        """
        weights = self._weights_of(np.asarray(groups))
        columns, amounts, _ = calibration.indicators(groups, totals, len(weights))
        return self._calibrate(weights * (columns @ (amounts / (columns.T @ weights))), columns)

    def rake(
        self,
        margins: Sequence[Margin],
        *,
        bounds: tuple[float, float] | None = None,
        tolerance: float = 1e-6,
    ) -> Self:
        """The design with weights that reproduce several margins: [(labels (n,), {label: total}), ...].

        bounds: how far a weight may move, over the rescaled old one, such as (0.3, 3). Raises ValueError
        when margins contradict each other or no weights within the bounds reach them to a relative
        `tolerance`.

        >>> sexes, ages = ["w", "m", "w", "m"], ["young", "young", "old", "old"]
        >>> margins = [(sexes, {"w": 60, "m": 40}), (ages, {"young": 30, "old": 70})]
        >>> Design(weights=[10, 10, 30, 30]).rake(margins).weights.round(2).tolist()
        [18.0, 12.0, 42.0, 28.0]
        """
        if isinstance(margins, Mapping) or not margins or any(len(margin) != 2 for margin in margins):
            raise ValueError("margins: give a list of pairs (label of each row, {label: total})")
        weights = self._weights_of(np.asarray(margins[0][0]))
        return self._calibrate(*calibration.raked(weights, margins, bounds, tolerance))

    @property
    def weights(self) -> Floats | None:
        """The weights in use (n,); None before the number of rows is known."""
        return self._weights

    def _calibrate(self, weights: Floats, columns: Floats) -> Self:
        design = type(self)(
            weights,
            level=self.level,
            lonely=self.lonely,
            interval=self.interval,
            replications=self.replications,
            rng=self.rng,
        )
        design._stages = self._stages_of(weights)
        design._calibrated = columns
        return design

    def _ratio(self, y: Floats, x: Floats, rows: Flags) -> SurveyEstimate:
        estimate, scores = self._linear(y, x, rows)
        below = float((self._weights_of(y) * x)[rows].sum() / self._weights_of(y)[rows].sum())
        simple = self._simple_variance((y - estimate * x) / below, rows)
        weights = self._weights_of(y) * rows
        parts = [Ratio(weights * y, weights * x)]
        return self._estimate(estimate, scores, simple, rows, parts)

    def _linear(self, y: Floats, x: Floats, rows: Flags) -> tuple[float, Floats]:
        """The ratio of totals and each row's influence on it."""
        weights = self._weights_of(y) * rows
        below = float(weights @ x)
        if below == 0:
            raise ValueError("the total of x is 0 in the domain; a ratio needs one that is not")
        ratio = float(weights @ y) / below
        return ratio, (y - ratio * x) * rows / below

    def _variance(self, scores: Floats) -> float:
        weighted = self._weights_of(scores) * self._left(scores)
        return float(covariance(weighted[:, None], self._stages_of(scores), self.lonely)[0, 0])

    def _left(self, scores: Floats) -> Floats:
        """What calibration leaves unexplained of the scores (n,)."""
        if self._calibrated is None:
            return scores
        return calibration.residuals(scores[:, None], self._calibrated, self._weights_of(scores))[:, 0]

    def _evenly(self, values: Floats) -> Floats:
        """(n,) so that every unit of the first stage has the same total: what makes a total a ratio."""
        units = self._stages_of(values)[0].units
        sizes = np.bincount(units)
        return 1 / (sizes[units] * float(len(sizes)))

    def _errors_reached(self, scores: Floats, freedom: int, parts: list[Ratio]) -> float:
        """How many standard errors the interval reaches to each side."""
        student = float(stats.t.ppf(0.5 + self.level / 2, freedom))
        if self.interval == "linear":
            return student
        if self._calibrated is not None:
            parts = [Ratio(self._weights_of(scores) * self._left(scores), self._evenly(scores))]
        stage = self._stages_of(scores)[0]
        return max(student, quantile(parts, stage, self.level, self.replications, self.rng))

    def _simple_variance(self, values: Floats, rows: Flags) -> float:
        """Variance of the mean over the rows, had they been drawn one by one without replacement."""
        weights, inside = self._weights_of(values)[rows], values[rows]
        n, population = len(inside), float(weights.sum())
        if n < 2:
            return 0.0
        mean = float(weights @ inside) / population
        spread = float(weights @ (inside - mean) ** 2) / population * n / (n - 1)
        return spread / n * (1 - n / population if population > n else 1.0)

    def _estimate(
        self, estimate: float, scores: Floats, simple: float, rows: Flags, parts: list[Ratio]
    ) -> SurveyEstimate:
        variance = self._variance(scores)
        error = float(np.sqrt(max(variance, 0.0)))
        freedom = shape.degrees_of_freedom(self._stages_of(rows)[0], rows)
        reach = self._errors_reached(scores, freedom, parts) * error
        effect = variance / simple if simple > 0 else None
        return SurveyEstimate(
            estimate, error, estimate - reach, estimate + reach, self.level, effect, freedom
        )

    def _values(self, values: npt.ArrayLike, name: str) -> Floats:
        array = _arrays.finite(values, name)
        self._check_length(len(array), name)
        return array

    def _rows(self, domain: npt.ArrayLike | None, values: Floats) -> Flags:
        """The rows with weight, of `domain` or of all: without weight a row stands for nobody."""
        self._check_length(len(values), "y")
        weighed = self._weights_of(values) > 0
        if domain is None:
            return weighed
        rows = _arrays.flags(domain, len(values), "domain") & weighed
        if not rows.any():
            raise ValueError(
                "the domain holds no rows with weight; choose another, or join it with a neighbour"
            )
        return rows

    def _check_length(self, length: int, name: str) -> None:
        if self._weights is not None and length != len(self._weights):
            raise ValueError(
                f"{name} has {length} rows but the design has {len(self._weights)}; give one for each row"
            )

    def _weights_of(self, rows: npt.NDArray[np.generic]) -> Floats:
        if self._weights is None:
            return shape.sampling_weights(None, self._stages_of(rows), len(rows))
        return self._weights

    def _stages_of(self, rows: npt.NDArray[np.generic]) -> tuple[Stage, ...]:
        return self._stages or shape.stages(None, None, self._population, len(rows))
