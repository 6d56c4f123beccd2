"""`anlan scan`: where, and when, events gather."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def scan(
    points: Annotated[
        Path, typer.Argument(help="CSV or Parquet: id, lng, lat, and baseline if there is one.")
    ],
    counts: Annotated[
        Path,
        typer.Argument(help="CSV or Parquet: id, period (a day, week, month, quarter or number), count."),
    ],
    when: Annotated[
        Literal["prospective", "retrospective", "never"],
        typer.Option(help="Clusters that last until the end, at any time, or in space alone."),
    ] = "prospective",
    window: Annotated[int, typer.Option(help="Longest time of a cluster, in periods.")] = 60,
    neighbours: Annotated[
        int, typer.Option(help="Most places of a cluster; 0: up to half of the baseline.")
    ] = 0,
    rates: Annotated[
        Literal["high", "low"], typer.Option(help="More or fewer events than expected.")
    ] = "high",
    model: Annotated[
        Literal["poisson", "permutation"],
        typer.Option(help="Against the baseline, or against place and day."),
    ] = "poisson",
    replications: Annotated[
        int, typer.Option(help="Data sets made by chance to rank among; 0: no p-values.")
    ] = 999,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same p-values.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with map and table to this file.")] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help="Write a page with the map to this file.")
    ] = None,
) -> None:
    """Find clusters of events in space and time, with a p-value that pays for every look."""
    from anlan.edge.cli.scan_answer import Asked, answer
    from anlan.edge.cli.tables import refusals

    with refusals(report, map_):
        asked = Asked(points, counts, when, window, neighbours or None, rates, model, replications, seed)
        print(answer(asked, as_json, report, map_))
