"""`anlan rates`: rates of places with how sure they are."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def rates(
    table: Annotated[
        Path,
        typer.Argument(
            help="CSV or Parquet: columns place, count, exposure; base_count and base_exposure compare."
        ),
    ],
    per: Annotated[float, typer.Option(help="Rates are told per so much exposure.")] = 100_000,
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    method: Annotated[Literal["exact", "midp"], typer.Option(help="Kind of interval.")] = "exact",
    spread: Annotated[
        Literal["none", "multiplicative", "additive"],
        typer.Option(help="Over-dispersion in the funnel limits."),
    ] = "none",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
) -> None:
    """Give rates with intervals, smoothed rates and funnel limits; no bare rate below 20 events."""
    from anlan.edge.cli.rates_answer import Asked, answer
    from anlan.edge.cli.tables import refusals

    with refusals(report):
        answer(Asked(table, per, level, method, spread), as_json, report)
