"""Kulldorff's log likelihood ratio for one count against its expectation, and its inverse.

Kulldorff (1997) "A spatial scan statistic", Communications in Statistics 26, pages 1481-1496 (Poisson model).
"""

from math import exp, log

from anlan.stats._compiling import compiled

SLACK = 1e-9
"""Two expectations or ratios nearer than this (relatively) are one: a sum's order of adding must not
decide.
"""


@compiled(inline="always")
def _term(count: float, expected: float) -> float:
    return count * log(count / expected) if count > 0 else 0.0


@compiled()
def ratio_high(count: float, expected: float, total: float) -> float:
    """How much likelier `count` of `total` is under a raised rate; 0 when the rate is not raised."""
    if count <= expected * (1 + SLACK):
        return 0.0
    return _term(count, expected) + _term(total - count, total - expected)


@compiled()
def ratio_low(count: float, expected: float, total: float) -> float:
    """How much likelier `count` of `total` is under a lowered rate; 0 when the rate is not lowered."""
    if count >= expected * (1 - SLACK) or expected >= total:
        return 0.0
    return _term(count, expected) + _term(total - count, total - expected)


@compiled()
def largest_expected(count: float, total: float, ratio: float) -> float:
    """The expectation below which `count` of `total` has a ratio above `ratio` (a hair more, never less).

    Newton's steps on the logarithm of the expectation; the ratio is convex in it, so they rise from the left.
    """
    if ratio <= 0.0:
        return count
    at = log(count) - ratio / count - 1.0
    for _ in range(60):
        expected = exp(at)
        excess = _term(count, expected) + _term(total - count, total - expected) - ratio
        step = excess / (count - expected * (total - count) / (total - expected))
        at += step
        if step < 1e-8:
            break
    return min(count, exp(at) * (1 + 1e-6))
