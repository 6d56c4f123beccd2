"""How scores are drawn: shares with their intervals, and funnel plots; SVG without script or style."""

from collections.abc import Iterable
from datetime import date
from math import sqrt

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from anlan.cases.indices import Share
from anlan.edge.pages.figures import Figure
from anlan.edge.pages.labels import ROLES
from anlan.edge.pages.score_words import BANDS, BETTER, GROUPS
from anlan.outcomes.score_definitions import DEFINITIONS
from anlan.store.readers.score_lines import Earlier, Line
from anlan.store.readers.scores import Standing

register = template.Library()

LEFT, RIGHT, TOP, BOTTOM = 34.0, 352.0, 12.0, 170.0
"""The frame of a funnel plot in the units of its drawing, 360 x 206."""


@register.filter
def percent(share: float | None) -> str:
    """A share such as 87.4%; "no data" without one."""
    return gettext("no data") if share is None else f"{100 * share:.1f}%"


def of_all(share: Share) -> str:
    """How many of how many, in the words of a page: 1,234 / 20,000."""
    return f"{Figure(share.numerator)} / {Figure(share.denominator)}"


@register.filter
def phrase(words: str) -> str:
    """A phrase of a room in the language of the page."""
    return gettext(words)


@register.filter
def better_words(value: str) -> str:
    """Which way an index is better."""
    return str(BETTER[value])


@register.filter
def group_words(kind: str) -> str:
    """What a group of a league table is called."""
    return str(GROUPS[kind])


@register.filter
def band_words(band: int) -> str:
    """Where a figure lies to the limits."""
    return str(BANDS[band])


@register.filter
def month_words(month: date) -> str:
    """A month such as 2026-10 in the words of the page's language."""
    return date_format(month, "YEAR_MONTH_FORMAT")


@register.simple_tag
def earlier_words(earlier: Earlier) -> str:
    """A figure that a revision replaced: under which number it was published."""
    count = of_all(earlier.share)
    if earlier.figure.revision:
        return gettext("revision %(n)d: %(count)s") % {"n": earlier.figure.revision, "count": count}
    return gettext("published first: %(count)s") % {"count": count}


@register.simple_tag
def interval(line: Line) -> SafeString:
    """A bar from 0 to 100 %: the 95 % interval, and the figure in it."""
    score = line.score
    if score is None:
        return format_html("<span>{}</span>", gettext("no data"))
    low, high, at = (100 * x for x in (score.lower, score.upper, score.numerator / score.denominator))
    return format_html(
        '<svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="gr" y1="7" y2="7" x2="100"/><rect class="iv1" x="{}" y="3" width="{}" height="8"/>'
        '<line class="mid" x1="{}" x2="{}" y1="1" y2="13"/></svg>',
        f"{low:.1f}",
        f"{max(high - low, 0.5):.1f}",
        f"{at:.1f}",
        f"{at:.1f}",
    )


@register.simple_tag
def funnel(curve: list[list[float]], target: float, standings: Iterable[Standing]) -> SafeString:
    """The plot beside a league table: shares over denominators, with the limits around the pooled share."""
    points = [
        (line.score.denominator, line.score.numerator / line.score.denominator, abs(line.score.band) == 2)
        for line in standings
        if line.score
    ]
    scale = _Scale(curve, points)
    return format_html(
        '<svg viewBox="0 0 360 206" role="img" aria-label="{}">{}{}{}{}{}{}</svg>',
        gettext("Funnel plot: shares by number of cases, with the limits of chance"),
        scale.grid(),
        scale.band([(n, low, high) for n, _, low, high, _ in curve]),
        scale.line([(n, low) for n, low, _, _, _ in curve]),
        scale.line([(n, high) for n, _, _, _, high in curve]),
        scale.level(target),
        format_html_join("", "{}", ((scale.mark(*point),) for point in points)),
    )


class _Scale:
    """From denominators (on a root scale: small units do not crowd) and shares to places."""

    def __init__(self, curve: list[list[float]], points: list[tuple[int, float, bool]]) -> None:
        self.most = max([row[0] for row in curve], default=1.0)
        wide = [row for row in curve if row[0] >= self.most / 40] or curve
        shares = [share for _, share, _ in points] + [row[1] for row in wide] + [row[4] for row in wide]
        self.low = max(0.0, int(min(shares, default=0.0) * 10) / 10)
        self.high = min(1.0, -int(-max(shares, default=1.0) * 10 // 1) / 10)
        if self.high <= self.low:
            self.high = self.low + 0.1

    def x(self, n: float) -> float:
        """Across."""
        return round(LEFT + (RIGHT - LEFT) * sqrt(n / self.most), 1)

    def y(self, share: float) -> float:
        """Down; what lies beyond the frame stays at its edge."""
        inside = min(max(share, self.low), self.high)
        return round(BOTTOM - (BOTTOM - TOP) * (inside - self.low) / (self.high - self.low), 1)

    def grid(self) -> SafeString:
        """Lines with their shares, and numbers of cases below."""
        step = (self.high - self.low) / 4
        rows = [(self.y(self.low + k * step), f"{100 * (self.low + k * step):.0f}%") for k in range(5)]
        lines = format_html_join(
            "",
            '<line class="gr" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="e" x="{}" y="{}">{}</text>',
            ((LEFT, RIGHT, y, y, LEFT - 5, y + 4, words) for y, words in rows),
        )
        marks = sorted({round(self.most * part) for part in (0.06, 0.25, 0.56, 1.0)})
        below = format_html_join(
            "", '<text class="c" x="{}" y="188">{}</text>', ((self.x(n), n) for n in marks if n)
        )
        return format_html("{}{}", lines, below)

    def band(self, rows: list[tuple[float, float, float]]) -> SafeString:
        """The area between the 95 % limits."""
        over = [f"{self.x(n)} {self.y(high)}" for n, _, high in rows]
        under = [f"{self.x(n)} {self.y(low)}" for n, low, _ in reversed(rows)]
        return format_html('<path class="b1" d="M{}Z"/>', "L".join([*over, *under]))

    def line(self, rows: list[tuple[float, float]]) -> SafeString:
        """One of the 99.8 % limits."""
        path = "L".join(f"{self.x(n)} {self.y(share)}" for n, share in rows)
        return format_html('<path class="l3" d="M{}"/>', path)

    def level(self, share: float) -> SafeString:
        """The pooled share, right across."""
        y = self.y(share)
        return format_html('<line class="ref" x1="{}" x2="{}" y1="{}" y2="{}"/>', LEFT, RIGHT, y, y)

    def mark(self, n: int, share: float, outside: bool) -> SafeString:
        """A unit: a dot, or a diamond beyond the 99.8 % limits."""
        x, y = self.x(n), self.y(share)
        if outside:
            return format_html('<path class="d3" d="M{} {}l5 5-5 5-5-5z"/>', x, round(y - 5, 1))
        return format_html('<circle class="d1" cx="{}" cy="{}" r="3"/>', x, y)


@register.simple_tag
def role_word(role: str) -> str:
    """What a role is called."""
    return str(ROLES[role])


@register.simple_tag
def index_word(index: str) -> str:
    """What an index is called."""
    return gettext(next(each.name for each in reversed(DEFINITIONS) if each.index == index))


@register.simple_tag
def in_words(line: Line) -> str:
    """A definition as one sentence: of which cases, which."""
    return gettext("of %(denominator)s, %(numerator)s") % {
        "denominator": gettext(line.definition.denominator),
        "numerator": gettext(line.definition.numerator),
    }
