"""Where a photo is covered before the public sees it: boxes, and how far they reach. No more is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import Any

GROWN = 0.25
"""By how much of its width and height a box that was found is made larger: hair, chin, the rim of a plate."""

MOST_BOXES = 200
"""In one photo."""


class BoxKind(StrEnum):
    """What a box covers."""

    FACE = "face"
    PLATE = "plate"
    HAND = "hand"  # drawn by a person


@dataclass(frozen=True)
class Box:
    """A part of a picture, in fractions of its width and height, from its left upper corner."""

    x: float
    y: float
    w: float
    h: float
    kind: BoxKind = BoxKind.HAND


def grown(box: Box, by: float = GROWN) -> Box:
    """The box with its width and height larger by that share, around the same middle, within the picture."""
    wide, high = box.w * by, box.h * by
    return clamped(replace(box, x=box.x - wide / 2, y=box.y - high / 2, w=box.w + wide, h=box.h + high))


def clamped(box: Box) -> Box:
    """The part of the box that lies in the picture."""
    left, top = min(max(box.x, 0.0), 1.0), min(max(box.y, 0.0), 1.0)
    right, bottom = min(max(box.x + box.w, left), 1.0), min(max(box.y + box.h, top), 1.0)
    return replace(box, x=left, y=top, w=right - left, h=bottom - top)


def pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in whole pixels of such a picture: every pixel that the box touches."""
    left, top = int(box.x * width), int(box.y * height)
    right, bottom = -int(-(box.x + box.w) * width // 1), -int(-(box.y + box.h) * height // 1)
    return left, top, min(max(right, left + 1), width), min(max(bottom, top + 1), height)


def without_inner(boxes: Iterable[Box]) -> list[Box]:
    """The boxes without those that lie wholly in another one, the largest first."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda each: -each.w * each.h):
        if not any(_holds(outer, box) for outer in kept):
            kept.append(box)
    return kept


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.w <= outer.x + outer.w
        and inner.y + inner.h <= outer.y + outer.h
    )


def boxes_from(rows: Any) -> list[Box]:
    """Boxes as they came from a form or a process. Raises ValueError for what is no list of boxes."""
    if not isinstance(rows, Sequence) or isinstance(rows, str | bytes) or len(rows) > MOST_BOXES:
        raise ValueError("no list of boxes")
    return [clamped(_box(row)) for row in rows]


def _box(row: Any) -> Box:
    if not isinstance(row, dict):
        raise ValueError("no box")
    try:
        x, y, w, h = (float(row[name]) for name in "xywh")
        kind = BoxKind(row.get("kind", BoxKind.HAND))
    except (KeyError, TypeError) as wrong:
        raise ValueError("no box") from wrong
    if not all(map(isfinite, (x, y, w, h))) or w <= 0 or h <= 0:
        raise ValueError("no box")
    return Box(x, y, w, h, kind)


def rows_of(boxes: Iterable[Box]) -> list[dict[str, Any]]:
    """The boxes as they are kept and sent: numbers and a word each, no more."""
    return [asdict(box) | {"kind": str(box.kind)} for box in boxes]
