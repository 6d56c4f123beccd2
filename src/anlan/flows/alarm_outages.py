"""An area or a gateway that falls silent as one is an alarm, until it is heard again."""

from collections.abc import Sequence
from datetime import datetime

from anlan.flows.raise_alarms import clear_alarm, raise_alarm
from anlan.sensing.alarms.terms import AlarmSource, Cause
from anlan.sensing.terms import Colour, OutageScope
from anlan.store.models import Area, Outage

SEVERITY = {OutageScope.AREA: Colour.ORANGE, OutageScope.GATEWAY: Colour.YELLOW}
"""A single device that is silent is no alarm by itself; a rule may say so for its kind."""


def alarm_outages(began: Sequence[int], ended: Sequence[int], now: datetime) -> None:
    """Raise and clear the alarms of outages, in the transaction of the sweep that found them."""
    for outage in _wide(began):
        raise_alarm(acting_user=None, cause=_cause_of(outage), now=now)
    for outage in _wide(ended):
        clear_alarm(acting_user=None, condition=condition_of(outage), now=now)


def condition_of(outage: Outage) -> str:
    """The same area or gateway again is the same alarm while that one is open."""
    return f"outage:{outage.scope}:{outage.key}"


def _wide(outages: Sequence[int]) -> list[Outage]:
    if not outages:
        return []
    found = Outage.objects.filter(pk__in=outages, scope__in=SEVERITY)
    return sorted(found, key=condition_of)


def _cause_of(outage: Outage) -> Cause:
    area = Area.objects.filter(path=outage.area_path).values_list("name", flat=True).first()
    place = area if outage.scope == OutageScope.AREA else outage.key
    return Cause(
        source=AlarmSource.OUTAGE,
        condition=condition_of(outage),
        severity=SEVERITY[OutageScope(outage.scope)],
        at=outage.began_at,
        area_path=outage.area_path,
        outage=outage.pk,
        says_silent=True,
        values={"place": place or outage.key, "devices": outage.devices},
    )
