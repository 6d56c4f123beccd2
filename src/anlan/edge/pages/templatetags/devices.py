"""Tags of the pages of devices: {% load devices %}."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from anlan.edge.pages.device_words import HEARD, HEARD_TONES, LIFECYCLES, in_language
from anlan.store.readers.devices import NEVER

register = template.Library()
LEFT, RIGHT, TOP, BOTTOM = 46, 396, 10, 150
MOST_DRAWN = 600

type Point = tuple[datetime, float, float, float]


@register.simple_tag
def heard(device: object) -> SafeString:
    """{% heard device %}: a word with its tone for how a device is heard."""
    liveness = getattr(device, "liveness", None)
    state = liveness.state if liveness else NEVER
    return format_html('<span class="tag {}">{}</span>', HEARD_TONES[state], HEARD[state])


@register.filter
def lifecycle(state: str) -> str:
    """{{ device.state|lifecycle }}: the word."""
    return str(LIFECYCLES[state])


@register.filter
def heard_word(state: str) -> str:
    """{{ state|heard_word }}: the word."""
    return str(HEARD[state])


@register.filter
def in_words(thing: object) -> str:
    """{{ kind|in_words }}: the name in the language of the page."""
    return in_language(thing.name_zh, thing.name_en)  # type: ignore[attr-defined]


@register.simple_tag
def share(part: int, whole: int) -> str:
    """{% share part whole %}: a share in percent; only what is whole is 100 %, only what is nothing 0 %."""
    if part in (0, whole):
        return f"{100 * part // whole}%"
    return f"{min(max(round(100 * part / whole, 1), 0.1), 99.9):g}%"


@register.simple_tag
def course(nights: Sequence[tuple[object, int, int]]) -> SafeString:
    """{% course nights %}: shares of many nights as a small line, from 0 to 100 %."""
    step = 96 / max(len(nights) - 1, 1)
    points = [
        f"{2 + place * step:.1f} {22 - 20 * part / whole:.1f}"
        for place, (_, part, whole) in enumerate(nights)
    ]
    return format_html(
        '<svg viewBox="0 0 100 24" width="100" height="24" role="img" aria-label="{}">{}</svg>',
        gettext("Shares of %(n)s nights") % {"n": len(nights)},
        format_html('<path class="l1" d="M{}"/>', "L".join(points if len(points) > 1 else points * 2)),
    )


@register.simple_tag
def series_plot(points: Sequence[Point], first: datetime, last: datetime, words: str) -> SafeString:
    """Readings over time: a line of the means, and a band of low and high where they were added up."""
    rows = thinned(points)
    if not rows:
        return format_html('<p class="q">{}</p>', gettext("No readings in this span."))
    low, high = min(row[2] for row in rows), max(row[3] for row in rows)
    room = (high - low) * 0.05 or max(abs(high), 1.0) * 0.05
    low, high, span = low - room, high + room, (last - first).total_seconds()

    def x(at: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * (at - first).total_seconds() / span, 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)

    line = "L".join(f"{x(at)} {y(mean)}" for at, mean, _, _ in rows)
    over = [f"{x(at)} {y(top)}" for at, _, _, top in rows]
    under = [f"{x(at)} {y(bottom)}" for at, _, bottom, _ in reversed(rows)]
    marks = [low + room + (high - low - 2 * room) * step / 2 for step in range(3)]
    moments = [first + (last - first) * step / 2 for step in range(3)]
    return format_html(
        '<svg viewBox="0 0 400 172" role="img" aria-label="{}">{}{}<path class="b1" d="M{}Z"/>'
        '<path class="l1" d="M{}"/></svg>',
        gettext("%(words)s: from %(low)s to %(high)s")
        % {"words": words, "low": _short(min(row[2] for row in rows)), "high": _short(high - room)},
        format_html_join(
            "",
            '<line class="gr" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="e" x="{}" y="{}">{}</text>',
            ((LEFT, RIGHT, y(mark), y(mark), LEFT - 5, y(mark) + 4, _short(mark)) for mark in marks),
        ),
        format_html_join(
            "",
            '<text class="{}" x="{}" y="168">{}</text>',
            (
                ("e" if place == 2 else "c" if place else "", x(at), _when(at, span))
                for place, at in enumerate(moments)
            ),
        ),
        "L".join([*over, *under]),
        line,
    )


def thinned(points: Sequence[Point]) -> list[Point]:
    """At most MOST_DRAWN points: neighbours put together, their lowest and highest kept."""
    step = -(-len(points) // MOST_DRAWN) if points else 1
    if step == 1:
        return list(points)
    blocks = (points[start : start + step] for start in range(0, len(points), step))
    return [
        (
            block[len(block) // 2][0],
            sum(row[1] for row in block) / len(block),
            min(row[2] for row in block),
            max(row[3] for row in block),
        )
        for block in blocks
    ]


def _short(value: float) -> str:
    return f"{value:.4g}"


def _when(at: datetime, span: float) -> str:
    local = timezone.localtime(at)
    return f"{local:%m-%d %H:%M}" if span <= 3 * 86_400 else f"{local:%m-%d}"
