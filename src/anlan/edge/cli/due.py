"""`anlan due`: when something must end, and which hours of which days were counted."""

from typing import Annotated

import typer


def due(
    start: Annotated[str, typer.Option(help="When it begins, with its zone: 2026-02-13T16:30+08:00.")],
    limit: Annotated[
        str,
        typer.Option(help="How long it may take, in emergency hours, working hours, working days or days."),
    ],
    calendar: Annotated[
        str,
        typer.Option(
            help="cn; cn-summer (other hours in summer); a country's code, as de, us, de-by; or city, "
            "what this installation has in force."
        ),
    ] = "cn",
    zone: Annotated[str, typer.Option(help="Zone of the clock, if not the calendar's.")] = "",
    pause: Annotated[list[str] | None, typer.Option(help="FROM/TO: the clock stands still.")] = None,
    windows: Annotated[str, typer.Option(help="Working hours: 08:30-12:00,14:00-17:30.")] = "",
    season: Annotated[
        list[str] | None, typer.Option(help="A season of its own: 06-01/09-30=08:30-12:00,14:30-18:00.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of sentences.")] = False,
) -> None:
    """Say when something is due, and which hours of which days were counted."""
    from anlan.edge.cli.due_answer import Asked, answer

    answer(Asked(start, limit, calendar, zone, pause or [], windows, season or []), as_json)
