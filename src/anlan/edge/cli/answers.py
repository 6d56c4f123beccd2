"""Showing a table on the terminal, or as JSON."""

import json
import math

import polars as pl

from anlan.edge.cli.report_page import shown
from anlan.edge.cli.speaking import gettext

_MOST, _WIDEST = 60, 1000


def show(table: pl.DataFrame, title: str, as_json: bool) -> None:
    """Print `table`: the first rows with its title, or, with `as_json`, all as a list of objects."""
    if as_json:
        rows = [{name: _json(value) for name, value in row.items()} for row in table.iter_rows(named=True)]
        print(json.dumps(rows, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.measure import Measurement
    from rich.table import Table

    drawn = Table(*table.columns, title=escape(title))
    for row in table.head(_MOST).iter_rows():
        drawn.add_row(*(escape(shown(value)) for value in row))
    console = Console()
    # A terminal wraps what is too wide for it; rich would cut names and numbers off.
    wanted = Measurement.get(console, console.options.update_width(_WIDEST), drawn).maximum
    console.width = max(console.width, wanted)
    console.print(drawn)
    if table.height > _MOST:
        console.print(
            gettext("the first %(shown)s of %(n)s rows; --json or --report gives all")
            % {"shown": _MOST, "n": table.height}
        )


def _json(value: object) -> object:
    """JSON knows no nan and no infinity: they are null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
