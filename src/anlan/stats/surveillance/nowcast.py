"""What has happened but is not recorded yet: nowcasting from the reporting triangle."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers, Seed
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class NowcastResult:
    """For each period: events recorded so far, the share expected to be recorded, the estimate and
    interval.
    """

    recorded: Floats
    share: Floats
    estimate: Floats
    lower: Floats
    upper: Floats
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each period: period, recorded, share, estimate, lower, upper."""
        names = ("recorded", "share", "estimate", "lower", "upper")
        columns = {name: getattr(self, name) for name in names}
        return pl.DataFrame({"period": np.arange(len(self.recorded)), **columns})

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % prediction intervals")


class Nowcast:
    """How many events there will be once all are recorded, for each period so far.

    The delays follow reverse-time hazards (Lawless 1994): of the events recorded within d periods,
    the share recorded at d exactly. Each has a beta distribution, the events still to come are negative
    binomial given those recorded (Hoehle & an der Heiden 2014), and both are widened by the
    dispersion of the triangle around its fit (England & Verrall 2002). The mean of a period's
    total has a gamma prior of shape 1/2 around twice the largest complete total (and one), which matters only
    where few events teach the delays. Delays longer than the triangle are unseen.

    Parameters
    ----------
    level : of the prediction interval.
    window : the last so many periods teach the delays; None = all. Fewer follow changed recording sooner.
    draws : simulated, for the interval.
    rng : seed or numpy Generator.

    Learned: `estimate_`, `lower_`, `upper_` (periods,), whole periods' totals; `share_` (periods,) expected
    to be recorded by now; `delays_` (delays,) the distribution of the delay; `dispersion_` (at least 1);
    `result_`.

    Source: Lawless (1994), Canadian Journal of Statistics 22, pages 15-31; Hoehle & an der Heiden (2014),
    Biometrics 70, pages 993-1002; England & Verrall (2002), British Actuarial Journal 8, pages 443-518.

    >>> import numpy as np
    >>> nan = np.nan
    >>> triangle = [[8, 4, 2], [8, 4, 2], [8, 4, 2], [8, 4, nan], [8, nan, nan]]
    >>> Nowcast(rng=1).fit(triangle).estimate_.round(3)
    array([14., 14., 14., 14., 14.])
    """

    def __init__(
        self, *, level: float = 0.95, window: int | None = None, draws: int = 4000, rng: Seed = None
    ) -> None:
        self.level = level
        self.window = window
        self.draws = draws
        self.rng = rng

    def fit(self, triangle: npt.ArrayLike) -> Self:
        """Fit triangle (periods, delays): events of each period recorded so many periods later; nan = not
        yet.

        Raises ValueError for fewer than one draw or row of the window, when what is known is no triangle (nan
        before a number in a row, an older period less known than a newer), or no period is known to the end.
        """
        _arrays.share(self.level, "level")
        _arrays.whole(window=self.window, draws=self.draws)
        if self.draws < 1 or (self.window is not None and self.window < 1):
            raise ValueError(f"draws is {self.draws} and window {self.window}; give 1 or more of each")
        counts, known = _checked(triangle)
        rows = counts if self.window is None else counts[-(self.window + counts.shape[1]) :]
        at_delay, within = _hazard_sums(rows)
        hazard = _ratio(at_delay, within)
        self.dispersion_ = _dispersion(rows, hazard)
        recorded = np.where(np.isnan(counts), 0.0, counts).sum(axis=1)
        self.share_: Floats = _shares(hazard)[known - 1]
        self.delays_: Floats = np.diff(_shares(hazard), prepend=0.0)
        coming = self._coming(at_delay, within, recorded, known)
        half = (1 - self.level) / 2
        self.estimate_: Floats = recorded / np.maximum(self.share_, 1e-9)
        self.lower_: Floats = np.minimum(recorded + np.quantile(coming, half, axis=0), self.estimate_)
        self.upper_: Floats = np.maximum(recorded + np.quantile(coming, 1 - half, axis=0), self.estimate_)
        self.result_ = NowcastResult(
            recorded, self.share_, self.estimate_, self.lower_, self.upper_, self.level
        )
        return self

    def _coming(self, at_delay: Floats, within: Floats, recorded: Floats, known: Integers) -> Floats:
        """Draws of the events still to come, (draws, periods)."""
        rng, phi = _arrays.generator(self.rng), self.dispersion_
        a, b = at_delay / phi + 0.5, (within - at_delay) / phi + 0.5
        hazard = rng.beta(np.broadcast_to(a, (self.draws, len(a))), b)
        hazard[:, 0] = 1.0
        share = _shares(hazard)[:, known - 1]
        shape = np.broadcast_to(recorded / phi + 0.5, share.shape)
        # Half an event of belief in totals twice the largest complete one: few events teach no delays, and
        # a share near 0 alone would let thousands come.
        believed = 2 * (recorded[known == len(at_delay)].max() + 1)
        mean = rng.gamma(shape) * (1 - share) / (share + 0.5 / believed)
        return np.asarray(rng.poisson(mean) * phi)


def reporting_triangle(
    happened: npt.ArrayLike, recorded: npt.ArrayLike, now: int, delays: int, start: int = 0
) -> Floats:
    """Events by when they happened and how many periods later they were recorded, nan where not yet known.

    happened, recorded : (events,) whole period numbers (days or weeks from any beginning), as known at the
        end of period `now`. The triangle has the periods start to now and the delays 0 to delays - 1; events
        with longer delays are left out.

    Raises ValueError for numbers that are not whole, and records before the event or after `now`.

    Source: Lawless (1994), Canadian Journal of Statistics 22, pages 15-31.

    >>> reporting_triangle([0, 0, 1, 2], [0, 1, 1, 2], now=2, delays=2)
    array([[ 1.,  1.],
           [ 1.,  0.],
           [ 1., nan]])
    """
    begun, written = _arrays.finite(happened, "happened"), _arrays.finite(recorded, "recorded")
    _arrays.same_length(written, begun, "recorded", "happened")
    if delays < 1 or start > now:
        raise ValueError(
            f"delays is {delays}, start {start}, now {now}; give one delay or more, start <= now"
        )
    for times, name in ((begun, "happened"), (written, "recorded")):
        broken = times != np.floor(times)
        if broken.any():
            row = int(np.argmax(broken))
            raise ValueError(f"{name}: {times[row]:g} at row {row} is no period; give whole numbers")
    for wrong, why in (
        (written < begun, "is recorded before it happened; correct one of the two times"),
        (written > now, f"is recorded after now ({now}); leave it out"),
    ):
        if wrong.any():
            raise ValueError(f"recorded: the event at row {int(np.argmax(wrong))} {why}")
    table = np.zeros((now - start + 1, delays))
    delay = (written - begun).astype(int)
    inside = (begun >= start) & (delay < delays)
    np.add.at(table, ((begun[inside] - start).astype(int), delay[inside]), 1)
    ahead = np.arange(start, now + 1)[:, None] + np.arange(delays) > now
    table[ahead] = np.nan
    return table


def _checked(triangle: npt.ArrayLike) -> tuple[Floats, Integers]:
    """The triangle and how many delays of each period are known."""
    table = _arrays.numbers(triangle, "triangle")
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"triangle has shape {table.shape}; give (periods, delays)")
    missing = np.isnan(table)
    _arrays.counts(np.where(missing, 0.0, table), "triangle", 2)
    known = np.argmax(np.column_stack([missing, np.ones(len(table), bool)]), axis=1)
    if (missing.sum(axis=1) != table.shape[1] - known).any() or (np.diff(known) > 0).any():
        raise ValueError("triangle: nan must fill the end of a row, and no older period be known less far")
    if known[0] < table.shape[1] or known[-1] < 1:
        raise ValueError("triangle: the first period must be known to the end and the last at delay 0")
    return table, known


def _hazard_sums(table: Floats) -> tuple[Floats, Floats]:
    """Events at each delay, and within it, over the periods for which that delay is known."""
    within = np.cumsum(table, axis=1)
    held = ~np.isnan(table)
    return np.where(held, table, 0.0).sum(axis=0), np.where(held, within, 0.0).sum(axis=0)


def _ratio(at_delay: Floats, within: Floats) -> Floats:
    return np.divide(at_delay, within, out=np.zeros_like(within), where=within > 0)


def _shares(hazard: Floats) -> Floats:
    """The share recorded within each delay: the product of one minus the later hazards."""
    later = np.cumprod(1 - hazard[..., :0:-1], axis=-1)[..., ::-1]
    return np.concatenate([later, np.ones_like(hazard[..., :1])], axis=-1)


def _dispersion(table: Floats, hazard: Floats) -> float:
    """Pearson's of the events at each delay given those within it, at least 1."""
    within = np.cumsum(table, axis=1)[:, 1:]
    mean, variance = within * hazard[1:], within * hazard[1:] * (1 - hazard[1:])
    held = ~np.isnan(within) & (np.nan_to_num(variance) > 1e-9)
    freedom = int(held.sum()) - int(held.any(axis=0).sum())
    if freedom < 1:
        return 1.0
    parts = (table[:, 1:][held] - mean[held]) ** 2 / variance[held]
    return max(1.0, float(parts.sum()) / freedom)
