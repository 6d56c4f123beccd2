"""Sheets of labels with a QR code for each device, as PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

FONT = "STSong-Light"
COLUMNS, ROWS = 3, 8
"""24 labels of 70 x 37 mm on a sheet of A4, without gaps: the usual sheet of stickers."""
WIDTH_MM, HEIGHT_MM = 70.0, 37.125


@dataclass(frozen=True)
class Label:
    """What stands on one label; `address` is what the code leads to."""

    name: str
    title: str
    place: str
    address: str


@cache
def font() -> str:
    """The name of a font with Chinese that every reader of PDF has."""
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(FONT))
    return FONT


def sheet_of(labels: Sequence[Label], title: str) -> bytes:
    """The labels on sheets of A4; the same labels give the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    for number, label in enumerate(labels):
        place = number % (COLUMNS * ROWS)
        if number and place == 0:
            canvas.showPage()
        column, row = place % COLUMNS, place // COLUMNS
        _draw(canvas, label, column * WIDTH_MM * mm, A4[1] - (row + 1) * HEIGHT_MM * mm, mm)
    canvas.save()
    return file.getvalue()


def _draw(canvas: Any, label: Label, x: float, y: float, mm: float) -> None:
    draw_code(canvas, label.address, x + 4 * mm, y + 5 * mm, 27 * mm)
    left, room = x + 34 * mm, 33 * mm
    canvas.setFont(font(), 9)
    for line, text in enumerate(wrapped(canvas, label.title or label.name, room, 9)[:2]):
        canvas.drawString(left, y + (28 - 4 * line) * mm, text)
    canvas.setFont(font(), 7)
    for line, text in enumerate(wrapped(canvas, label.place, room, 7)[:2]):
        canvas.drawString(left, y + (17 - 3.4 * line) * mm, text)
    size = min(7.0, 7.0 * room / max(canvas.stringWidth(label.name, "Courier", 7), 1))
    canvas.setFont("Courier", size)
    canvas.drawString(left, y + 7 * mm, label.name)


def draw_code(canvas: Any, address: str, x: float, y: float, side: float) -> None:
    """A QR code of `side` points that leads to `address`, its lower left corner at x and y."""
    import segno

    rows = list(segno.make(address, error="m", micro=False).matrix_iter(scale=1, border=2))
    step = side / len(rows)
    for number, row in enumerate(rows):
        for place, dark in enumerate(row):
            if dark:
                canvas.rect(x + place * step, y + side - (number + 1) * step, step, step, stroke=0, fill=1)


def wrapped(canvas: Any, text: str, room: float, size: float) -> list[str]:
    """The text in lines that fit, broken anywhere: Chinese has no spaces."""
    lines, line = [], ""
    for sign in text:
        if line and canvas.stringWidth(line + sign, font(), size) > room:
            lines.append(line)
            line = ""
        line += sign
    return [*lines, line]
