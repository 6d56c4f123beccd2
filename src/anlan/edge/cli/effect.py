"""`anlan effect`: what happened to a series at a change."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def effect(
    series: Annotated[Path, typer.Argument(help="CSV or Parquet: a row a period, in order.")],
    change: Annotated[str, typer.Option(help="First period after the change, as it stands in the file.")],
    season: Annotated[
        Literal["month", "week", "quarter", "weekday", "none"],
        typer.Option(help="What a period is, for the season."),
    ] = "month",
    period: Annotated[str, typer.Option(help="Column of the periods; the first one if not given.")] = "",
    count: Annotated[str, typer.Option(help="Column of the counts; the second one if not given.")] = "",
    exposure: Annotated[str, typer.Option(help="Column of the exposure (persons, kilometres).")] = "",
    control: Annotated[
        list[str] | None, typer.Option(help="Column of counts left untouched; repeat.")
    ] = None,
    family: Annotated[Literal["poisson", "negbin"], typer.Option(help="Family of the counts.")] = "poisson",
    slope: Annotated[bool, typer.Option(help="Whether the trend may change too.")] = True,
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    lang: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="Language of sentences and page, if not the terminal's."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
) -> None:
    """Say what happened to a series of counts at a change, and whether anybody can tell."""
    from anlan.edge.cli.effect_answer import Asked, answer
    from anlan.edge.cli.tables import refusals

    with refusals(report):
        asked = Asked(
            series, change, season, period, count, exposure, tuple(control or ()), family, slope, level, lang
        )
        print(answer(asked, as_json, report))
