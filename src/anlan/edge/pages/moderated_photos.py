"""Photos on the moderator's page: what was found in each, and the boxes that come back from it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Refused
from anlan.cases.terms import PhotoStage
from anlan.publishing.covering import MOST_BOXES, Box, BoxKind, boxes_from
from anlan.publishing.terms import Complaint, PhotoState
from anlan.store.readers.public_photos import HeldPhoto, held_photos

EMPTY_ROWS = 3
"""Boxes that can be added at a time where there is no JavaScript."""

STAGES: Mapping[str, Promise] = MappingProxyType(
    {PhotoStage.BEFORE: _("Before"), PhotoStage.AFTER: _("After"), PhotoStage.VERIFICATION: _("Check")}
)
STATES: Mapping[str, Promise] = MappingProxyType(
    {
        PhotoState.HELD: _("Nobody has cleared it"),
        PhotoState.CLEARED: _("Cleared: the public sees it"),
        PhotoState.REPORTED: _("Reported: hidden until you decide"),
        PhotoState.HIDDEN: _("Hidden"),
    }
)
KINDS: Mapping[str, Promise] = MappingProxyType(
    {BoxKind.FACE: _("a face"), BoxKind.PLATE: _("a plate"), BoxKind.HAND: _("drawn by hand")}
)
COMPLAINTS: Mapping[str, Promise] = MappingProxyType(
    {
        Complaint.PERSON: _("A person can be recognised"),
        Complaint.PLATE: _("A plate can be read"),
        Complaint.PRIVATE: _("It shows something private"),
        Complaint.OTHER: _("Something else"),
    }
)


@dataclass(frozen=True)
class BoxRow:
    """One box as the form has it, in percent of the picture."""

    n: int
    kind: str
    words: str
    x: str = ""
    y: str = ""
    w: str = ""
    h: str = ""


def photo_rows(case_id: int, sent: Mapping[str, QueryDict]) -> list[dict[str, Any]]:
    """The photos of a case, each with its boxes: those that were cleared, else those that were found.

    `sent` holds the form of a photo that was refused, by its id: its boxes come back as they were typed.
    """
    return [_photo(row, sent.get(str(row.photo.pk))) for row in held_photos(case_id)]


def _photo(row: HeldPhoto, sent: QueryDict | None) -> dict[str, Any]:
    boxes = row.boxes if row.cleared_at else row.found
    rows = _sent_rows(sent) if sent else []
    rows = rows or [_row(n, box) for n, box in enumerate(boxes_from(boxes))]
    after = max((each.n for each in rows), default=-1) + 1
    empty = [BoxRow(after + n, BoxKind.HAND, str(KINDS[BoxKind.HAND])) for n in range(EMPTY_ROWS)]
    return {
        "row": row,
        "photo": row.photo,
        "stage": STAGES[row.photo.stage],
        "state": STATES[row.state],
        "boxes": rows,
        "empty": empty,
        "reported": row.state == PhotoState.REPORTED,
        "is_hidden": row.state == PhotoState.HIDDEN,
    }


def _row(n: int, box: Box) -> BoxRow:
    sides = (f"{100 * side:.2f}" for side in (box.x, box.y, box.w, box.h))
    return BoxRow(n, box.kind, str(KINDS[box.kind]), *sides)


def _sent_rows(sent: QueryDict) -> list[BoxRow]:
    """The rows of a form that are ticked, as they were typed."""
    numbers = [int(n) for n in sent.getlist("on")[:MOST_BOXES] if n.isdecimal() and len(n) < 6]
    return [
        BoxRow(n, kind, str(KINDS[kind]), *(sent.get(f"{side}-{n}", "")[:20] for side in "xywh"))
        for n in numbers
        for kind in (_kind(sent.get(f"kind-{n}", "")),)
    ]


def _kind(word: str) -> BoxKind:
    return BoxKind(word) if word in tuple(BoxKind) else BoxKind.HAND


def boxes_in(sent: QueryDict) -> list[Box]:
    """The boxes of a form: as JSON where a script drew them, else those rows that are ticked.

    Raises Refused("boxes_wrong").
    """
    try:
        drawn = sent.get("boxes", "")
        if drawn:
            return boxes_from(json.loads(drawn))
        return boxes_from(list(_ticked(sent)))
    except (ValueError, RecursionError):
        raise Refused("boxes_wrong") from None


def _ticked(sent: QueryDict) -> Iterator[dict[str, Any]]:
    for n in sent.getlist("on")[:MOST_BOXES]:
        sides = {name: float(sent.get(f"{name}-{n}", "")) / 100 for name in "xywh"}
        yield sides | {"kind": sent.get(f"kind-{n}", BoxKind.HAND)}
