"""The page of a report: self-contained, escaped, and whole for any data."""

import math
import re
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.edge.cli.plots import Band, Bars, Dots, Line, Plot, nice_ticks, plot
from anlan.edge.cli.report_page import Section, html_table, report_page

EVIL = '<script>alert("x")</script>&'
DRAWING = Plot(
    EVIL,
    [
        Band(EVIL, [(0, 1, 2), (1, 2, 3)]),
        Bars(EVIL, [(0, 1, 2)]),
        Line(EVIL, [(0, 1), (1, 2)], dash="4 2"),
        Dots(EVIL, [(0, 1)], labels=[EVIL]),
    ],
    x_label=EVIL,
    y_label=EVIL,
    x_ticks={0: EVIL},
)


def test_every_value_is_escaped() -> None:
    page = report_page(EVIL, [Section(EVIL, [EVIL], [DRAWING], pl.DataFrame({EVIL: [EVIL]}))])
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10


def test_the_page_names_no_outside_address() -> None:
    page = report_page("a", [Section("b", plots=[DRAWING])])
    addresses = set(re.findall(r"https?://[^\"' ]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of the format, never fetched


def test_a_table_shows_a_missing_value_as_a_dash_and_six_digits() -> None:
    table = html_table(pl.DataFrame({"x": [1.23456789, None], "y": [True, False]}))
    assert re.findall("<td>(.*?)</td>", table) == ["1.23457", "yes", "–", "no"]


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=5))
def test_any_points_give_a_whole_drawing_without_nan(points: list[tuple[float, float]]) -> None:
    safe = [(x, y) for x, y in points if not 1e12 < abs(x) < math.inf and not 1e12 < abs(y) < math.inf]
    text = plot(Plot("t", [Line("l", safe), Dots("d", safe, labels=["a"] * len(safe))]))
    ElementTree.fromstring(text)
    assert "nan" not in text and "inf" not in text


@pytest.mark.parametrize(
    ("lower", "upper", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (-3, 3, [-3, -2, -1, 0, 1, 2, 3]),
    ],
)
def test_ticks_are_round_numbers(lower: float, upper: float, ticks: list[float]) -> None:
    assert nice_ticks(lower, upper) == ticks


def circles(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', text)]


def test_a_map_fills_its_frame_and_is_true_to_scale() -> None:
    # At 60 degrees north two degrees of longitude are as long as one of latitude.
    square = [(120.0, 60.0), (120.2, 60.0), (120.0, 60.1)]
    (x0, y0), (x1, _), (_, y2) = circles(plot(Plot("t", [Dots("d", square)], kind="map")))
    assert x1 - x0 == pytest.approx(y0 - y2, rel=0.01) and y0 - y2 > 200


def test_a_map_of_one_place_shows_it_in_the_middle() -> None:
    text = plot(Plot("t", [Dots("d", [(121.4, 28.7)])], kind="map"))
    assert circles(text) == [(402.0, 152.0)] and "nan" not in text


def test_the_text_of_the_last_tick_lies_within_the_frame() -> None:
    text = plot(Plot("t", [Line("l", [(0, 1), (9, 2)])], x_ticks={0: "2024-W01", 9: "2025-W52"}))
    assert 'x="732.0" y="292" text-anchor="middle" font-size="12" fill="#374151">2025-W52' in text
