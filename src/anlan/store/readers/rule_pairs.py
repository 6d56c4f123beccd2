"""A rule in force and the copy that runs beside it in its shadow: what both said since the copy began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan.sensing.rules.comparing import Said, Stretch, alone, stretches
from anlan.sensing.rules.terms import RuleMode
from anlan.staff.terms import Action
from anlan.store.models import AlarmRule, RuleFiring, RuleState
from anlan.store.readers.rules import NUMBERS
from anlan.store.readers.staff import Acting, scope_q

MOST_LINES = 5_000
"""So many lines of each rule are compared, the newest."""
SHOWN = 20


@dataclass(frozen=True)
class Side:
    """What one of the two found: how often, at how many places, for how many hours, and what it alone."""

    row: AlarmRule
    times: int
    places: int
    hours: float
    alone: int
    shown: Sequence[Stretch]
    """The newest that it alone found."""


@dataclass(frozen=True)
class Pair:
    """Both since the copy began, or since the oldest line that is compared."""

    live: Side
    copy: Side
    since: datetime
    both: int


def pair_of(acting: Acting, copy: AlarmRule, now: datetime) -> Pair | None:
    """A copy beside its rule, in the areas of this person; None for a rule that is no copy. Five queries.

    None also for a copy that rests, as one does that was put in force: it finds nothing any more.
    """
    if copy.beside is None or copy.mode == RuleMode.OFF:
        return None
    newest = copy.versions.order_by("-version")[:1].get()
    since = newest.in_force_from
    kept = {row: _lines(acting, row, since) for row in (copy.beside, copy)}
    full = [lines[0].at for lines in kept.values() if len(lines) == MOST_LINES]
    since = max([since, *full])
    found = {
        row: stretches([each for each in lines if each.at >= since], since)
        + _all_the_time(acting, row, {each.place for each in lines}, since)
        for row, lines in kept.items()
    }
    ours, theirs = found[copy.beside], found[copy]
    only_live, only_copy = alone(ours, theirs), alone(theirs, ours)
    return Pair(
        _side(copy.beside, ours, only_live, now),
        _side(copy, theirs, only_copy, now),
        since,
        len(ours) - len(only_live),
    )


def _side(row: AlarmRule, found: Sequence[Stretch], only: Sequence[Stretch], now: datetime) -> Side:
    hours = sum(each.lasted(now).total_seconds() for each in found) / 3600
    places = {each.place for each in found}
    return Side(row, len(found), len(places), hours, len(only), only[:SHOWN])


def _mine(acting: Acting, device: str, site: str) -> Q:
    placed = scope_q(acting, Action.VIEW_ALARMS, area=f"{device}__area_path", unit=f"{device}__unit_path")
    return placed | scope_q(acting, Action.VIEW_ALARMS, area=f"{site}__area_path", unit=f"{site}__unit_path")


def _lines(acting: Acting, row: AlarmRule, since: datetime) -> list[Said]:
    """What a rule said since then, the oldest first, as it was written where moments are the same."""
    rows = RuleFiring.objects.filter(
        _mine(acting, "device", "site"), version__rule=row, at__gte=since
    ).order_by("-at", "-pk")[:MOST_LINES]
    facts = rows.values_list("device__name", "site__code", "at", "severity", "values__before")
    return [
        Said(device or site, at, severity, before or "")
        for device, site, at, severity, before in reversed(facts)
    ]


def _all_the_time(acting: Acting, row: AlarmRule, moved: set[str], since: datetime) -> list[Stretch]:
    """What was abnormal before and has not moved since: only where the rule stands says so."""
    rows = RuleState.objects.filter(_mine(acting, "series__device", "site"), rule=row, level__gt=0)
    words = {number: severity for severity, number in NUMBERS.items()}
    facts = rows.values_list("series__device__name", "site__code", "level").order_by("pk")[:MOST_LINES]
    return [
        Stretch(device or site, since, None, words[level])
        for device, site, level in facts
        if (device or site) not in moved
    ]
