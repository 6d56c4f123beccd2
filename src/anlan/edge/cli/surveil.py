"""`anlan surveil`: which series are unusual in their last periods."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def surveil(
    series: Annotated[
        Path, typer.Argument(help="CSV or Parquet: columns period, count, and series if there are many.")
    ],
    method: Annotated[
        Literal["farrington", "ears", "cusum", "glr"],
        typer.Option(help="farrington wants years of history, ears days; cusum and glr find small rises."),
    ] = "farrington",
    last: Annotated[int, typer.Option(help="How many of the last periods are judged.")] = 1,
    steps: Annotated[int, typer.Option(help="Periods in a year: 52 weeks, 12 months, 365 days.")] = 52,
    years: Annotated[int, typer.Option(help="Years of history (farrington).")] = 4,
    bound: Annotated[
        Literal["predictive", "delta", "negbin", "muan"],
        typer.Option(
            help="Kind of bound (farrington; ears: predictive, else as published). Only predictive keeps "
            "alpha where counts scatter more than by chance."
        ),
    ] = "delta",
    alpha: Annotated[float, typer.Option(help="One-sided level (farrington, ears).")] = 0.05,
    rate: Annotated[
        float, typer.Option(help="Rate of false discoveries over all series (farrington).")
    ] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
) -> None:
    """Say which series are higher in their last periods than their own past explains."""
    from anlan.edge.cli.surveil_answer import Asked, answer
    from anlan.edge.cli.tables import refusals

    with refusals(report):
        asked = Asked(series, method, last, steps, years, bound, alpha, rate)
        answer(asked, as_json, report)
