"""Where plates of vehicles may be: flat boxes of a plate's colour or contrast, full of upright strokes.

No signs are read and no model is used. It suggests where to look; who clears a photo looks for more.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

SCALES = (2.0, 1.0, 0.5, 0.25)
"""Sizes at which a picture is looked at; plates of 30 to 170 pixels are found at one of them."""

WIDTHS = (30, 170)
SHAPES = (2.0, 5.5)
"""Pixels of the width at a scale, and width through height: 440 or 480 by 140 mm (GA 36), seen from aside."""

COLOURS = (
    ((98, 90, 50), (128, 255, 255)),  # blue: small cars
    ((38, 40, 60), (92, 255, 255)),  # green: new-energy
    ((13, 90, 80), (36, 255, 255)),  # yellow: lorries, buses
)
"""Hue (0 to 179), saturation and value of the grounds of plates, from and to."""

STROKES = (9, 42)
"""Changes from dark to light or back along a line through a plate: seven or eight signs of a few strokes."""

_SIZE = (132, 40)


def plates_in(picture: Picture) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of each box that may be a plate, in pixels; `picture` is BGR."""
    found: list[tuple[float, float, float, float]] = []
    for scale in SCALES:
        if max(picture.shape[:2]) * scale <= 2600:
            part = np.asarray(
                cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
            found += [tuple(side / scale for side in box) for box in _at_one_scale(part)]  # type: ignore[misc]
    return found


def _at_one_scale(picture: Picture) -> Iterator[tuple[float, float, float, float]]:
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    for mask in _masks(picture, grey):
        outlines, _tree = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            box = cv2.minAreaRect(outline)
            if _has_shape(box, cv2.contourArea(outline)) and _has_signs(grey, box):
                yield tuple(float(side) for side in cv2.boundingRect(outline))  # type: ignore[misc]


def _masks(picture: Picture, grey: Picture) -> Iterator[Picture]:
    """Where a plate's ground may be: by its colour, and by many upright edges side by side."""
    colours = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    for low, high in COLOURS:
        mask = cv2.inRange(colours, np.array(low), np.array(high))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 9), np.uint8))
        yield np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 9), np.uint8)), np.uint8)
    edges = np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3))
    dense = cv2.blur(np.minimum(edges, 255), (11, 5))
    mask = (dense > max(60.0, float(dense.mean() + dense.std()))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    yield np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 15), np.uint8)), np.uint8)


def _has_shape(box: "cv2.typing.RotatedRect", area: float) -> bool:
    (_middle, (wide, high), angle) = box
    if wide < high:
        wide, high, angle = high, wide, angle - 90
    tilted = abs((angle + 90) % 180 - 90)
    flat = high > 0 and SHAPES[0] <= wide / high <= SHAPES[1]
    return flat and WIDTHS[0] <= wide <= WIDTHS[1] and tilted <= 30 and area >= 0.55 * wide * high


def _has_signs(grey: Picture, box: "cv2.typing.RotatedRect") -> bool:
    """Do as many strokes stand in the box as the signs of a plate have, along most lines?"""
    corners = cv2.boxPoints(box).astype(np.float32)
    order = corners[np.argsort(corners[:, 0])]
    left, right = order[:2][np.argsort(order[:2, 1])], order[2:][np.argsort(order[2:, 1])]
    wide, high = _SIZE
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(np.stack([left[0], right[0], right[1], left[1]]), target)
    flat = cv2.warpPerspective(grey, turn, _SIZE)
    if flat.std() < 18:
        return False
    _level, signs = cv2.threshold(flat, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    changes = np.abs(np.diff(signs[high // 4 : 3 * high // 4].astype(np.int8), axis=1)).sum(axis=1)
    return bool(np.median(changes) >= STROKES[0] and np.median(changes) <= STROKES[1])
