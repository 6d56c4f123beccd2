"""Intervals of shares that stay between 0 and 1."""

from scipy import special, stats

from anlan.stats.surveys.terms import SurveyEstimate


def logit_limits(found: SurveyEstimate) -> tuple[float, float]:
    """As many standard errors as the plain interval reaches, on the log odds."""
    share = found.estimate
    reach = (found.upper - share) / (share * (1 - share))
    middle = special.logit(share)
    return float(special.expit(middle - reach)), float(special.expit(middle + reach))


def beta_limits(found: SurveyEstimate, rows: int) -> tuple[float, float]:
    """Clopper & Pearson's limits for as many rows as the design is worth (Korn & Graubard 1998)."""
    share, tail = found.estimate, (1 - found.level) / 2
    size = float(rows)
    if found.standard_error > 0 and 0 < share < 1:
        size = share * (1 - share) / found.standard_error**2
        size *= float(
            (stats.t.ppf(tail, max(rows - 1, 1)) / stats.t.ppf(tail, found.degrees_of_freedom)) ** 2
        )
    having, others = size * share, size * (1 - share)
    lower = float(stats.beta.ppf(tail, having, others + 1)) if having > 0 else 0.0
    upper = float(stats.beta.ppf(1 - tail, having + 1, others)) if others > 0 else 1.0
    return lower, upper


def with_limits(found: SurveyEstimate, lower: float, upper: float) -> SurveyEstimate:
    """The same estimate between other limits."""
    return SurveyEstimate(
        found.estimate,
        found.standard_error,
        lower,
        upper,
        found.level,
        found.design_effect,
        found.degrees_of_freedom,
    )
