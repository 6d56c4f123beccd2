"""The report of a command as one HTML file: plots inside, nothing fetched, every value escaped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import polars as pl

from anlan.edge.cli.plots import Plot, plot
from anlan.edge.cli.speaking import gettext, language

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#111827;max-width:60rem;margin:2rem auto;padding:0 1rem}
svg{width:100%;height:auto}figure{margin:1rem 0}figcaption{color:#374151}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .75rem;border-bottom:1px solid #e5e7eb;text-align:right;white-space:nowrap}
"""


@dataclass(frozen=True)
class Section:
    """A part of the page: words, then plots, then a table; any of them may be left out."""

    heading: str
    paragraphs: Sequence[str] = ()
    plots: Sequence[Plot] = ()
    table: pl.DataFrame | None = field(default=None, compare=False)


def report_page(title: str, sections: Sequence[Section], spoken: str = "") -> str:
    """One whole HTML page; its policy forbids every outside request.

    Headings of tables are in the language of the terminal, or the one `spoken` (en, zh).
    """
    return (
        f'<!doctype html><html lang="{escape(spoken or language())}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f"{''.join(_section(section, spoken) for section in sections)}</main></body></html>\n"
    )


def write_report(path: Path, title: str, sections: Sequence[Section], spoken: str = "") -> None:
    """Write the page to `path` (UTF-8)."""
    path.write_text(report_page(title, sections, spoken), encoding="utf-8")


def _section(section: Section, spoken: str) -> str:
    words = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs)
    figures = "".join(
        f"<figure>{plot(drawing)}<figcaption>{escape(drawing.title)}</figcaption></figure>"
        for drawing in section.plots
    )
    table = "" if section.table is None else html_table(section.table, spoken)
    return f"<section><h2>{escape(section.heading)}</h2>{words}{figures}{table}</section>"


def html_table(frame: pl.DataFrame, spoken: str = "") -> str:
    """`frame` as an HTML table; missing values as a dash, numbers with six digits."""
    head = "".join(f'<th scope="col">{escape(gettext(name, spoken))}</th>' for name in frame.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(shown(value, spoken))}</td>' for value in row)}</tr>"
        for row in frame.iter_rows()
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def shown(value: object, spoken: str = "") -> str:
    """A value as a reader sees it in a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes", spoken) if value else gettext("no", spoken)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
