"""Difference in differences: treated places against others, before against after."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats, Integers
from anlan.stats.effects.panel import panel_effect
from anlan.stats.effects.sentences import Lang, Subject
from anlan.stats.effects.terms import Effect, effect
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class DifferenceResult:
    """What a fitted DifferenceInDifferences learned; prints as a table and its sentence."""

    effect: Effect
    parallel_trend: Effect | None

    def to_frame(self) -> pl.DataFrame:
        """The effect and the difference in trend before the change, a row each."""
        parts = {"effect": self.effect, "trend before": self.parallel_trend}
        return pl.DataFrame([{"term": name, **part.row()} for name, part in parts.items() if part])

    def sentence(self, lang: Lang = "en") -> str:
        """How the treated places fared, in "en" or "zh", with a warning when the trends differed before."""
        text = self.effect.sentence(lang)
        if self.parallel_trend is None or self.parallel_trend.holds_zero:
            return text
        if lang == "zh":
            return text[:-1] + "；但变化之前两组趋势已不同，此数不可作准。"
        return text[:-1] + "; but the trends already differed before, so do not rely on it."

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


class DifferenceInDifferences:
    """Difference in differences of counts, clustered by place (Bertrand, Duflo & Mullainathan 2004).

    Poisson model with an effect of each place and period, so places of any size are compared by their
    ratio. The variance is the jackknife over clusters and the interval Student's t with Satterthwaite's
    degrees of freedom, since a handful of treated places carries little (MacKinnon & Webb 2018).

    Parameters
    ----------
    change : column number of the first period after the change.
    level : of the intervals.
    block : periods that one step of the event study holds (3 months, 4 weeks).

    Learned: `effect_` (Effect, log scale), `standard_error_`, `lower_`, `upper_`, `p_value_`,
    `parallel_trend_` (Effect: by how much more a period the treated grew before the change; its p_value is
    the test), `event_study_` (a frame: block, estimate, lower, upper against the last block before),
    `result_`.

    Source: Bertrand, Duflo & Mullainathan (2004), Quarterly Journal of Economics 119, pages 249-275;
    MacKinnon & Webb (2018), Econometrics Journal 21, pages 114-135.

    >>> import numpy as np
    >>> counts = np.full((8, 24), 20.0)
    >>> counts[:3, 12:] = 10.0
    >>> model = DifferenceInDifferences(12).fit(counts, treated=[1, 1, 1, 0, 0, 0, 0, 0])
    >>> round(model.effect_.percent)
    -50
    >>> model.sentence("zh")
    '变化之后，实施地点与对照地点相比，事件数比预期少50.0%（95%区间：少64.0%到少30.5%）。'
    """

    def __init__(self, change: int, *, level: float = 0.95, block: int = 1) -> None:
        self.change = change
        self.level = level
        self.block = block

    def fit(
        self,
        counts: npt.ArrayLike,
        treated: npt.ArrayLike,
        exposure: npt.ArrayLike | None = None,
        clusters: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit counts (places, periods); treated (places,) flags; exposure (places,) or (places, periods).

        clusters (places,) labels of places that share their luck (a county), None = each place its own.
        Raises ValueError for fewer than two treated or two other clusters, and for invalid arrays.
        """
        _arrays.share(self.level, "level")
        events = _arrays.counts(counts, dimensions=2)
        amount = _arrays.exposure(exposure, events)
        sides = _arrays.flags(treated, len(events), "treated")
        groups = _groups(clusters, sides)
        _arrays.whole(change=self.change, block=self.block)
        if self.block < 1:
            raise ValueError(f"block is {self.block}; give 1 or more periods")
        if not 0 < self.change < events.shape[1]:
            raise ValueError(f"change is {self.change} but there are periods 0 to {events.shape[1] - 1}")
        after = np.arange(events.shape[1]) >= self.change
        self.effect_ = self._effect(
            events, amount, np.outer(sides, after).astype(float), sides, groups, "places"
        )
        self.standard_error_ = self.effect_.standard_error
        self.lower_, self.upper_, self.p_value_ = self.effect_.lower, self.effect_.upper, self.effect_.p_value
        self.parallel_trend_ = self._trend(events, amount, sides, groups)
        self._seen = (events, amount, sides, groups)
        self.__dict__.pop("event_study_", None)
        self.result_ = DifferenceResult(self.effect_, self.parallel_trend_)
        return self

    def sentence(self, lang: Lang = "en") -> str:
        """How the treated places fared, in "en" or "zh"."""
        return self.result_.sentence(lang)

    def _effect(
        self,
        events: Floats,
        amount: Floats,
        treatment: Floats,
        sides: Flags,
        groups: Integers,
        subject: Subject,
    ) -> Effect:
        found = panel_effect(events, amount, treatment, sides, groups)
        return effect(
            found.estimate,
            float(np.sqrt(found.variance)),
            level=self.level,
            degrees_of_freedom=found.degrees_of_freedom,
            subject=subject,
        )

    def _trend(self, events: Floats, amount: Floats, sides: Flags, groups: Integers) -> Effect | None:
        if self.change < 3:
            return None
        times = np.arange(self.change) - (self.change - 1) / 2
        before = slice(0, self.change)
        return self._effect(
            events[:, before], amount[:, before], np.outer(sides, times), sides, groups, "trend"
        )

    @cached_property
    def event_study_(self) -> pl.DataFrame:
        """A row for each block of periods but the last before the change, against which it stands.

        Block 0 is the first after the change. Computed when first asked for: it is one comparison a block.
        """
        events, amount, sides, groups = self._seen
        blocks = (np.arange(events.shape[1]) - self.change) // self.block
        rows = []
        for block in np.unique(blocks[blocks != -1]):
            pick = (blocks == -1) | (blocks == block)
            treatment = np.outer(sides, blocks[pick] == block).astype(float)
            step = self._effect(events[:, pick], amount[:, pick], treatment, sides, groups, "places")
            rows.append({"block": int(block), **step.row()})
        return pl.DataFrame(rows)


def _groups(clusters: npt.ArrayLike | None, sides: Flags) -> Integers:
    if clusters is None:
        groups = np.arange(len(sides))
    else:
        groups = _arrays.codes(clusters, "clusters")
        if groups.shape != sides.shape:
            raise ValueError(
                f"clusters has shape {groups.shape}; give one label for each of {len(sides)} places"
            )
    for name, side in (("treated", sides), ("other", ~sides)):
        if len(np.unique(groups[side])) < 2:
            raise ValueError(
                f"fewer than two {name} clusters: their spread cannot be seen; "
                "give more, or use SyntheticControl or InterruptedSeries for a single place"
            )
    if set(groups[sides]) & set(groups[~sides]):
        raise ValueError("a cluster holds both treated and other places; make clusters that lie on one side")
    return np.asarray(groups, dtype=np.int64)
