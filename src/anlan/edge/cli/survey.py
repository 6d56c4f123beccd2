"""`anlan survey`: what a sample says about the population."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def survey(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet: a row for each answer.")],
    mean: Annotated[str, typer.Option(help="Column whose mean is estimated.")] = "",
    total: Annotated[str, typer.Option(help="Column whose total is estimated.")] = "",
    ratio: Annotated[str, typer.Option(help="Two columns, as in incidents/visits.")] = "",
    proportion: Annotated[str, typer.Option(help="Column and value, as in alarm=yes.")] = "",
    weights: Annotated[str, typer.Option(help="Column: how many of the population a row stands for.")] = "",
    strata: Annotated[str, typer.Option(help="Column of the strata.")] = "",
    clusters: Annotated[str, typer.Option(help="Columns of the clusters, one a stage: block,home.")] = "",
    population: Annotated[str, typer.Option(help="Columns: units in the stratum in all, one a stage.")] = "",
    by: Annotated[str, typer.Option(help="Column of groups: an estimate for each.")] = "",
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    lonely: Annotated[
        Literal["error", "centre", "certainty"], typer.Option(help="For strata with one sampled unit.")
    ] = "error",
    interval: Annotated[
        Literal["linear", "bootstrap"],
        typer.Option(
            help="linear as R's survey; bootstrap for a dozen clusters or fewer, or skewed amounts."
        ),
    ] = "linear",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with a plot to this file.")] = None,
) -> None:
    """Estimate a mean, total, ratio or proportion by the way the sample was drawn."""
    from anlan.edge.cli.survey_answer import Drawn, answer, asked
    from anlan.edge.cli.tables import refusals

    with refusals(report):
        drawn = Drawn(data, weights, strata, clusters, population, by, level, lonely, interval)
        print(answer(drawn, asked(mean, total, ratio, proportion), as_json, report))
