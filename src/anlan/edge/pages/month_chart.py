"""The chart above the table of months: two bars for each, what was reported and what was removed."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.edge.pages.figures import Figure
from anlan.publishing.history import Between, History

WIDE, HIGH = 360, 96
BOTTOM, BELOW = 78, 92
LEFT = 40
"""Room for a scale up to 999,999."""
BAR = 9


def chart_of(history: History) -> SafeString:
    """The chart as SVG, for eyes alone: the table below it says the same. "" when nothing is to be drawn."""
    if not history.most:
        return SafeString("")
    return format_html(
        '<svg viewBox="0 0 {} {}" aria-hidden="true">{}{}{}</svg>',
        WIDE,
        HIGH,
        _scale(history.most),
        _bars(history),
        _names(history),
    )


def _scale(most: int) -> SafeString:
    lines = ((_y(n, most), _y(n, most) + 4, Figure(n)) for n in sorted({0, most}))
    return format_html_join(
        "",
        f'<line class="gr" x1="{LEFT}" x2="{WIDE}" y1="{{0}}" y2="{{0}}"/>'
        f'<text class="e" x="{LEFT - 4}" y="{{1}}">{{2}}</text>',
        lines,
    )


def _bars(history: History) -> SafeString:
    bars = [
        (name, _x(at) + shift, number)
        for at, month in enumerate(history.months)
        for name, shift, number in (("v2", 1, month.reported), ("d1", 2 + BAR, month.removed))
        if number.most
    ]
    return format_html_join(
        "",
        f'<rect class="{{}}" x="{{}}" y="{{}}" width="{BAR}" height="{{}}"/>',
        ((name, x, *_reach(number, history.most)) for name, x, number in bars),
    )


def _reach(number: Between, most: int) -> tuple[float, float]:
    """Top and height of a bar; of a range it shows the upper end."""
    top = _y(number.most, most)
    return top, round(BOTTOM - top, 1)


def _names(history: History) -> SafeString:
    """The number of every third month, and of the last."""
    last = len(history.months) - 1
    named = (
        (_x(at) + BAR + 1, month.first) for at, month in enumerate(history.months) if (last - at) % 3 == 0
    )
    return format_html_join(
        "", f'<text class="c" x="{{}}" y="{BELOW}">{{}}</text>', ((x, f"{first:%Y-%m}") for x, first in named)
    )


def _x(at: int) -> int:
    return LEFT + 4 + at * 27


def _y(n: int, most: int) -> float:
    return round(BOTTOM - 68 * n / most, 1)
