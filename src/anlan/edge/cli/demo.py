"""`anlan demo`: a made-up city in an empty installation."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.base.tables import N_
from anlan.edge.cli import home
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext

if TYPE_CHECKING:
    from anlan.flows.demo.make import DemoCity

PARTS = {
    "land": N_("land"),
    "units": N_("units and people"),
    "cases": N_("cases"),
    "incidents": N_("incidents"),
    "devices": N_("devices and readings"),
}


def demo(
    cases: Annotated[int, typer.Option(min=0, help="How many cases.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed on the same day gives the same city.")] = 1,
    townships: Annotated[int, typer.Option(min=9, help="How many townships, in 9 counties.")] = 136,
    villages: Annotated[int, typer.Option(min=9, help="How many villages.")] = 3429,
) -> None:
    """Fill an empty installation with a made-up city: areas, units, logins, sites, two years of cases."""
    from anlan.edge.cli.installation import ready

    with ready() as settings:
        city = _made_up(cases, seed, townships, villages)
        home.write(settings.ANLAN_HOME / "demo-logins.json", json.dumps(city.logins))
        home.write(settings.ANLAN_KIND, "demo")
    typer.echo(
        gettext(
            "Made up %(areas)s areas, %(units)s units, %(sites)s sites, %(cases)s cases with %(events)s "
            "events, %(incidents)s incidents, %(devices)s devices with %(readings)s readings."
        )
        % {
            "areas": city.areas,
            "units": city.units,
            "sites": city.sites,
            "cases": city.cases,
            "events": city.events,
            "incidents": city.incidents,
            "devices": city.devices,
            "readings": city.readings,
        }
    )


def _made_up(cases: int, seed: int, townships: int, villages: int) -> "DemoCity":
    """Make the city, with a bar that shows how far it is."""
    from django.utils import timezone
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from anlan.base.errors import Refused
    from anlan.flows.demo.make import make_demo_city

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as shown:
        task = shown.add_task(gettext(PARTS["land"]), total=cases)

        def progress(part: str, done: int) -> None:
            shown.update(task, description=gettext(PARTS[part]), completed=done)

        try:
            city = make_demo_city(
                seed=seed,
                cases=cases,
                now=timezone.now(),
                townships=townships,
                villages=villages,
                progress=progress,
            )
        except Refused as no:
            raise Problem(
                gettext("This installation holds a city already; a made-up one needs an empty one.")
            ) from no
        shown.update(task, completed=cases)
    return city
