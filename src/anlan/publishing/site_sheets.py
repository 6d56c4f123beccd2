"""Sheets with a QR code for each place: who scans it finds the form of a report with the place filled in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from anlan.publishing.device_labels import draw_code, font, wrapped

COLUMNS, ROWS = 2, 4
"""Eight cards of 105 x 74 mm on a sheet of A4, with lines to cut along."""
WIDTH_MM, HEIGHT_MM = 105.0, 74.25
CODE_MM = 46.0
MARGIN_MM = 6.0
_AFTER_QUESTION = re.compile(r"(?<=[?？])\s*")


@dataclass(frozen=True)
class Card:
    """What stands on one card; `address` is what the code leads to."""

    code: str
    name: str
    place: str
    address: str


@dataclass(frozen=True)
class Words:
    """What every card says, in the language of the sheet."""

    title: str
    scan: str
    danger: str


def cards_of(cards: Sequence[Card], words: Words) -> bytes:
    """The cards on sheets of A4; the same cards give the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle(words.title)
    for number, card in enumerate(cards):
        place = number % (COLUMNS * ROWS)
        if number and place == 0:
            canvas.showPage()
        column, row = place % COLUMNS, place // COLUMNS
        _draw(canvas, card, words, column * WIDTH_MM * mm, A4[1] - (row + 1) * HEIGHT_MM * mm, mm)
    canvas.save()
    return file.getvalue()


def _draw(canvas: Any, card: Card, words: Words, x: float, y: float, mm: float) -> None:
    _cut_line(canvas, x, y, mm)
    side, left = CODE_MM * mm, x + (MARGIN_MM + CODE_MM + 3) * mm
    draw_code(canvas, card.address, x + MARGIN_MM * mm, y + 14 * mm, side)
    room = x + (WIDTH_MM - MARGIN_MM) * mm - left
    line = y + (HEIGHT_MM - 16) * mm
    for sentence in _AFTER_QUESTION.split(words.scan):
        line = _write(canvas, sentence, left, line, room, 13, 2)
    for text, size, most in ((card.name, 12, 3), (card.place, 9, 2)):
        line = _write(canvas, text, left, line - 2.5 * mm, room, size, most)
    canvas.setFont(font(), 9)
    canvas.drawString(x + MARGIN_MM * mm, y + 7 * mm, words.danger)
    canvas.setFont("Courier", 7)
    canvas.drawString(x + MARGIN_MM * mm, y + (HEIGHT_MM - 9) * mm, card.code)


def _write(canvas: Any, text: str, x: float, y: float, room: float, size: float, most: int) -> float:
    """Write in lines that fit, at most so many; where the next line begins."""
    canvas.setFont(font(), size)
    for part in wrapped(canvas, text, room, size)[:most]:
        canvas.drawString(x, y, part)
        y -= size * 1.35
    return y


def _cut_line(canvas: Any, x: float, y: float, mm: float) -> None:
    canvas.setDash(1, 3)
    canvas.setLineWidth(0.4)
    canvas.rect(x, y, WIDTH_MM * mm, HEIGHT_MM * mm, stroke=1, fill=0)
    canvas.setDash()
