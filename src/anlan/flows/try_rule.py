"""A rule is tried on stored readings before it is put in force: "would have fired 14 times, here"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.base.clock import EPOCH, micros
from anlan.base.errors import Refused
from anlan.flows.judge_readings import zone_ahead
from anlan.sensing.rules import trying
from anlan.sensing.rules.keeping import check_rule
from anlan.sensing.rules.terms import Rule, Transition
from anlan.staff.terms import Action
from anlan.store.readers.rule_history import Place, history, places_of
from anlan.store.readers.staff import Acting

MOST_READINGS = 2_000_000
SHOWN = 50


@dataclass(frozen=True)
class Fired:
    """Once: when, where, how severe, and what was measured."""

    at: datetime
    place: Place
    severity: str
    measured: float


@dataclass(frozen=True)
class Tried:
    """What a rule would have found in `readings` readings of `devices` devices since `since`.

    `times` counts how often something began, `fired` shows the newest of them; `whole` is false when there
    were more readings than are looked at.
    """

    times: int
    fired: Sequence[Fired]
    readings: int
    devices: int
    since: datetime
    whole: bool


def try_rule(*, acting_user: Acting, rule: Rule, days: int, now: datetime) -> Tried:
    """Walk a rule over the readings of so many days; nothing is written.

    Raises Refused("not_permitted") and those of `check_rule`.
    """
    if not acting_user.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)
    check_rule(rule)
    since = now - timedelta(days=days)
    kept = history(rule.device_kind, rule.property, rule.area_path, since, MOST_READINGS)
    found = trying.try_rule(
        rule, kept.series, kept.at, kept.value, kept.site, kept.interval, micros(now), zone_ahead(now)
    )
    began = [each for each in found if each.severity and each.values["before"] is None]
    shown = began[-SHOWN:][::-1]
    places = places_of(shown)
    fired = [_fired(each, place) for each, place in zip(shown, places, strict=True)]
    return Tried(len(began), fired, len(kept.at), kept.devices, since, len(kept.at) < MOST_READINGS)


def _fired(found: Transition, place: Place) -> Fired:
    at = EPOCH + timedelta(microseconds=found.at)
    return Fired(at, place, str(found.severity), float(str(found.values["measured"])))
