"""Plots as inline SVG: no script, no font, no request, every text escaped.

A plot is a list of marks in the units of the data; `plot` finds the axes and draws it. Colours stay apart for
colour-blind readers, and lines differ in their dashes too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

WIDTH, HEIGHT = 760, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 16, 28, 44
BLUE, ORANGE, GREEN, GREY, RED = "#0072b2", "#d55e00", "#009e73", "#6b7280", "#b91c1c"


@dataclass(frozen=True)
class Line:
    """A line through `points` (x, y); `dash` as in SVG ("" = solid)."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: str = BLUE
    dash: str = ""


@dataclass(frozen=True)
class Dots:
    """Dots at `points` (x, y); `labels` are told on hover, one a dot or none."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: str = BLUE
    radius: float = 3.0
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Band:
    """The area between lower and upper: (x, lower, upper) each."""

    name: str
    points: Sequence[tuple[float, float, float]]
    colour: str = BLUE


@dataclass(frozen=True)
class Bars:
    """Upright intervals: (x, lower, upper) each."""

    name: str
    points: Sequence[tuple[float, float, float]]
    colour: str = GREY


Mark = Line | Dots | Band | Bars


@dataclass(frozen=True)
class Plot:
    """What is drawn: marks, back to front, and how the axes are named.

    `x_ticks` maps a place on the x axis to its text (dates, names); without it numbers are chosen. A "figure"
    shows 0 on its y axis; a "map" takes x and y as degrees, and is as wide as it is high in the field.
    """

    title: str
    marks: Sequence[Mark]
    x_label: str = ""
    y_label: str = ""
    x_ticks: dict[float, str] = field(default_factory=dict)
    kind: Literal["figure", "map"] = "figure"


@dataclass(frozen=True)
class _Axes:
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, value: float) -> float:
        share = (value - self.x[0]) / (self.x[1] - self.x[0])
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def up(self, value: float) -> float:
        share = (value - self.y[0]) / (self.y[1] - self.y[0])
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def plot(drawing: Plot) -> str:
    """`drawing` as one `<svg>` element; points that are not finite are left out."""
    marks = [_finite(mark) for mark in drawing.marks]
    axes = _AXES[drawing.kind]([point for mark in marks for point in mark.points] or [(0.0, 0.0)])
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(drawing.title)}</title>",
        *_grid(drawing, axes),
        *(_mark(mark, axes) for mark in marks),
        *_legend(marks),
        "</svg>",
    ]
    return "".join(parts)


def _finite(mark: Mark) -> Mark:
    kept = [point for point in mark.points if all(math.isfinite(value) for value in point)]
    match mark:
        case Line():
            return Line(mark.name, kept, mark.colour, mark.dash)  # type: ignore[arg-type]
        case Dots():
            labels = [
                label
                for label, point in zip(mark.labels, mark.points, strict=False)
                if all(map(math.isfinite, point))
            ]
            return Dots(mark.name, kept, mark.colour, mark.radius, labels)  # type: ignore[arg-type]
        case Band():
            return Band(mark.name, kept, mark.colour)  # type: ignore[arg-type]
        case Bars():
            return Bars(mark.name, kept, mark.colour)  # type: ignore[arg-type]


def _figure_axes(points: Sequence[tuple[float, ...]]) -> _Axes:
    heights = [value for point in points for value in point[1:]]
    return _Axes(
        _room(min(p[0] for p in points), max(p[0] for p in points)),
        _room(min(0.0, *heights), max(0.0, *heights) * 1.05),
    )


def _map_axes(points: Sequence[tuple[float, ...]]) -> _Axes:
    (west, east), (south, north) = ((min(p[k] for p in points), max(p[k] for p in points)) for k in (0, 1))
    squeeze = max(
        math.cos(math.radians((south + north) / 2)), 0.01
    )  # a degree of longitude in one of latitude
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    pixel = 1.1 * max((east - west) * squeeze / wide, (north - south) / high, 1e-6)
    across, up = pixel * wide / squeeze / 2, pixel * high / 2
    return _Axes(
        ((west + east) / 2 - across, (west + east) / 2 + across),
        ((south + north) / 2 - up, (south + north) / 2 + up),
    )


_AXES = {"figure": _figure_axes, "map": _map_axes}


def _room(lower: float, upper: float) -> tuple[float, float]:
    least = max(1e-9 * abs(lower), 1e-100)  # below it no tick can be told from the next
    return (lower, upper) if upper - lower > least else (lower, lower + 1.0 + 0.01 * abs(lower))


def nice_ticks(lower: float, upper: float, wanted: int = 6) -> list[float]:
    """Round numbers from `lower` to `upper`, about so many as wanted."""
    rough = (upper - lower) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(lower / step - 1e-9), math.floor(upper / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def _grid(drawing: Plot, axes: _Axes) -> list[str]:
    ticks = drawing.x_ticks or {tick: f"{tick:.10g}" for tick in nice_ticks(*axes.x)}
    parts = []
    for tick in nice_ticks(*axes.y):
        y = axes.up(tick)
        parts.append(f'<path d="M{_LEFT} {y}H{WIDTH - _RIGHT}" stroke="#e5e7eb"/>')
        parts.append(_text(_LEFT - 6, y + 4, f"{tick:.10g}", "end"))
    for place, text in ticks.items():
        x = min(axes.across(place), WIDTH - _wide(text) / 2)
        parts.append(_text(x, HEIGHT - _BOTTOM + 16, text, "middle"))
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 8, drawing.x_label, "middle"))
    parts.append(_text(6, 14, drawing.y_label, "start"))
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="12" fill="#374151">{escape(text)}</text>'


def _wide(text: str) -> int:
    """About how many pixels a text takes."""
    return sum(13 if ord(letter) > 0x2E80 else 7 for letter in text)


def _mark(mark: Mark, axes: _Axes) -> str:
    match mark:
        case Line():
            return _line(mark, axes)
        case Dots():
            return _dots(mark, axes)
        case Band():
            return _band(mark, axes)
        case Bars():
            return _bars(mark, axes)


def _line(mark: Line, axes: _Axes) -> str:
    if not mark.points:
        return ""
    path = "M" + "L".join(f"{axes.across(x)} {axes.up(y)}" for x, y in mark.points)
    dash = f' stroke-dasharray="{escape(mark.dash)}"' if mark.dash else ""
    return f'<path d="{path}" fill="none" stroke="{escape(mark.colour)}" stroke-width="1.6"{dash}/>'


def _dots(mark: Dots, axes: _Axes) -> str:
    labels = list(mark.labels) or [""] * len(mark.points)
    return "".join(
        f'<circle cx="{axes.across(x)}" cy="{axes.up(y)}" r="{mark.radius}" fill="{escape(mark.colour)}">'
        f"<title>{escape(label)}</title></circle>"
        for (x, y), label in zip(mark.points, labels, strict=True)
    )


def _band(mark: Band, axes: _Axes) -> str:
    if not mark.points:
        return ""
    above = [f"{axes.across(x)} {axes.up(upper)}" for x, _, upper in mark.points]
    below = [f"{axes.across(x)} {axes.up(lower)}" for x, lower, _ in reversed(mark.points)]
    return f'<path d="M{"L".join(above + below)}Z" fill="{escape(mark.colour)}" fill-opacity="0.15"/>'


def _bars(mark: Bars, axes: _Axes) -> str:
    return "".join(
        f'<path d="M{axes.across(x)} {axes.up(lower)}V{axes.up(upper)}" stroke="{escape(mark.colour)}"/>'
        for x, lower, upper in mark.points
    )


def _legend(marks: Sequence[Mark]) -> list[str]:
    parts, x = [], WIDTH - _RIGHT
    for mark in reversed([mark for mark in marks if mark.name]):
        x -= 22 + _wide(mark.name)
        parts.append(f'<rect x="{x}" y="6" width="10" height="10" fill="{escape(mark.colour)}"/>')
        parts.append(_text(x + 14, 15, mark.name, "start"))
    return parts
