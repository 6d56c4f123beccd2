"""A monthly report of scores as PDF, from words that are translated already.

The Chinese font is the standard one of PDF (STSong-Light): the reader's program brings it, so no font file is
needed; see docs/decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

FONT = "STSong-Light"


@dataclass(frozen=True)
class Table:
    """A heading, the columns' names, and the rows below them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]  # of the columns, in parts of the page


@dataclass(frozen=True)
class ScoreReport:
    """What the report says."""

    title: str
    facts: Sequence[str]  # month, data cut-off, versions
    tables: Sequence[Table]
    notes: Sequence[str]


@cache
def _font() -> str:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(FONT))
    return FONT


def pdf_of(report: ScoreReport) -> bytes:
    """The report on A4; the same report gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    file = BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=report.title,
        author="anlan",
        invariant=1,
    )
    document.build(_story(report, document.width))
    return file.getvalue()


def _story(report: ScoreReport, width: float) -> list[object]:
    from reportlab.platypus import Paragraph, Spacer

    story: list[object] = [Paragraph(escape(report.title), _style(16, 22)), Spacer(1, 4)]
    story += [Paragraph(escape(fact), _style(9, 13)) for fact in report.facts]
    for table in report.tables:
        story += [Spacer(1, 10), Paragraph(escape(table.title), _style(12, 18)), _drawn(table, width)]
    story.append(Spacer(1, 8))
    return story + [Paragraph(escape(note), _style(8, 12)) for note in report.notes]


def _style(size: float, leading: float) -> "object":
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle("words", fontName=_font(), fontSize=size, leading=leading, wordWrap="CJK")


def _drawn(table: Table, width: float) -> "object":
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    rows = (table.columns, *table.rows)
    cells = [[Paragraph(escape(words), _style(8.5, 12)) for words in row] for row in rows]
    parts = sum(table.widths)
    grid = Grid(cells, colWidths=[width * part / parts for part in table.widths], repeatRows=1)
    grid.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.grey),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return grid
