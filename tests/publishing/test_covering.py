"""Boxes over a photo: what was found lies under them, and none reaches out of the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.publishing.covering import Box, BoxKind, boxes_from, clamped, grown, pixels, rows_of, without_inner

PART = st.floats(0, 1)
ANY = st.floats(-3, 3)
BOXES = st.builds(Box, PART, PART, st.floats(0.001, 1), st.floats(0.001, 1), st.sampled_from(BoxKind)).map(
    clamped
)
REAL = BOXES.filter(lambda box: box.w > 1e-6 and box.h > 1e-6)


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x <= inner.x + 1e-9
        and outer.y <= inner.y + 1e-9
        and outer.x + outer.w >= inner.x + inner.w - 1e-9
        and outer.y + outer.h >= inner.y + inner.h - 1e-9
    )


@given(REAL)
def test_a_grown_box_holds_what_was_found_and_stays_in_the_picture(box: Box) -> None:
    large = grown(box)

    assert holds(large, box) and holds(Box(0, 0, 1, 1), large)


def test_a_box_grows_by_a_quarter_around_its_middle() -> None:
    large = grown(Box(0.4, 0.4, 0.2, 0.08))

    assert (round(large.x, 6), round(large.y, 6), round(large.w, 6), round(large.h, 6)) == (
        0.375,
        0.39,
        0.25,
        0.1,
    )


@given(st.builds(Box, ANY, ANY, st.floats(0, 3), st.floats(0, 3)))
def test_what_is_cut_lies_in_the_picture(box: Box) -> None:
    assert holds(Box(0, 0, 1, 1), clamped(box))


@given(REAL, st.integers(1, 3000), st.integers(1, 3000))
def test_every_pixel_that_a_box_touches_is_painted(box: Box, width: int, height: int) -> None:
    left, top, right, bottom = pixels(box, width, height)

    assert 0 <= left < right <= width and 0 <= top < bottom <= height
    assert left <= box.x * width and top <= box.y * height
    assert right >= (box.x + box.w) * width - 1e-6 and bottom >= (box.y + box.h) * height - 1e-6


@given(st.lists(REAL, max_size=12))
def test_boxes_in_others_go_and_the_rest_covers_the_same(boxes: list[Box]) -> None:
    kept = without_inner(boxes)

    assert all(any(holds(outer, box) for outer in kept) for box in boxes)
    assert without_inner(kept) == kept


@given(st.lists(REAL, max_size=5))
def test_what_is_kept_of_boxes_gives_the_same_boxes(boxes: list[Box]) -> None:
    assert boxes_from(rows_of(boxes)) == [clamped(box) for box in boxes]


@pytest.mark.parametrize(
    "rows",
    [
        None,
        "x",
        {"x": 1},
        [1],
        [{"x": 0, "y": 0, "w": 1}],
        [{"x": 0, "y": 0, "w": "nan", "h": 1}],
        [{"x": 0, "y": 0, "w": -1, "h": 1}],
        [{"x": 0, "y": 0, "w": 1, "h": 1, "kind": "name"}],
        [{"x": 0, "y": 0, "w": 1, "h": 1}] * 201,
    ],
)
def test_what_is_no_list_of_boxes_is_refused(rows: object) -> None:
    with pytest.raises(ValueError):
        boxes_from(rows)
