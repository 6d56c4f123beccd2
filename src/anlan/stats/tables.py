"""Results as plain tables for the terminal."""

import polars as pl


def text_table(frame: pl.DataFrame, caption: str = "") -> str:
    """`frame` as aligned text, numbers with six digits, `caption` in the last line."""
    cells = [[_text(value) for value in row] for row in frame.iter_rows()]
    rows = [frame.columns, *cells]
    widths = [max(len(row[k]) for row in rows) for k in range(frame.width)]
    lines = ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*lines, caption] if caption else lines)


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
