"""Words with fields become a warning; a shape around an alarm stays inside the area."""

from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.sensing.terms import Colour
from anlan.sensing.warning_messages import inside
from anlan.sensing.warning_shapes import DEGREE_M, METRES, around
from anlan.sensing.warning_templates import (
    BUILT_IN,
    FIELDS,
    TEXTS,
    check_words,
    content_of,
    filled,
    words_of,
)

FACTS = {"place": "下塘", "value": "3.2", "unit": "m", "threshold": "3", "time": "14:05", "area": "荻花村"}


def test_an_alarm_fills_the_built_in_words() -> None:
    said = filled(BUILT_IN[Colour.RED], FACTS)
    assert said.headline_zh == "下塘情况危急，请立即撤离"
    assert said.description_zh == "14:05，下塘测得 3.2 m，超过 3 m。"
    assert said.description_en == "At 14:05, 3.2 m was measured at 下塘, above 3 m."


def test_a_sentence_whose_fact_is_not_known_is_left_out_and_the_others_stay() -> None:
    words = replace(BUILT_IN[Colour.BLUE], description_zh="测得 {value} {unit}。请注意。水位 3.5 m。")
    assert filled(words, {"place": "下塘"}).description_zh == "请注意。水位 3.5 m。"


@pytest.mark.parametrize("text", ["{name}", "{}", "在{地点}"])
def test_a_field_that_no_alarm_fills_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="template_field_unknown"):
        check_words(replace(BUILT_IN[Colour.RED], headline_en=text))


def test_what_is_built_in_is_right_and_is_kept_as_it_is() -> None:
    for words in BUILT_IN.values():
        check_words(words)
        assert words_of(content_of(words)) == words


@given(st.dictionaries(st.sampled_from(FIELDS), st.text("{}水a1. ", min_size=1, max_size=8)))
def test_no_fact_is_read_as_a_field(facts: dict[str, str]) -> None:
    words = replace(BUILT_IN[Colour.RED], **dict.fromkeys(TEXTS, "{place}|{value}"))
    said = filled(words, facts)
    assert said.headline_zh == f"{facts.get('place', '')}|{facts.get('value', '')}".strip()
    assert said.description_zh in ("", f"{facts.get('place', '')}|{facts.get('value', '')}".strip())


@given(st.floats(121, 121.2), st.floats(28, 28.2))
def test_the_shape_around_an_alarm_lies_in_the_area_and_holds_the_alarm(lng: float, lat: float) -> None:
    area = shapely.to_wkb(shapely.MultiPolygon([shapely.box(121.05, 28.05, 121.1, 28.1)]))
    corners = around(lng, lat, area)
    if not shapely.from_wkb(area).contains(shapely.Point(lng, lat)):
        assert corners == []
        return
    assert corners[0] == corners[-1] and inside(corners, area)
    shape = shapely.Polygon([(x, y) for y, x in corners])
    assert shape.distance(shapely.Point(lng, lat)) < 1e-5
    assert shape.hausdorff_distance(shapely.Point(lng, lat)) * DEGREE_M < METRES * 1.2


def test_without_a_boundary_the_warning_is_for_the_whole_area() -> None:
    assert around(121.0, 28.0, None) == []
