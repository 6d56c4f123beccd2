"""A sensor verifies a rectified case: it is named for the case, and stays normal for long enough afterwards.

The alarm engine names the sensor of an alarm for the case that it opens (`name_sensor`), and may ask at once
when an alarm is back to normal (`verify_by_sensor`); a timer asks for all others (`verify_by_sensors`).
"""

from datetime import datetime, timedelta
from math import inf

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases import states
from anlan.cases.terms import State
from anlan.cases.verification import Reading, Watched, check_settled
from anlan.flows import case_steps
from anlan.flows.verify_case import pass_by_sensor
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseSensor, Observation, Series
from anlan.store.readers.staff import Acting


@transaction.atomic
def watch_case(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    series_id: int,
    lowest: float | None,
    highest: float | None,
) -> CaseSensor:
    """The desk says which sensor shows that the hazard is gone, and between which values nothing is wrong.

    Raises Refused("sensor_unknown", "bounds_missing", "range_is_nothing", "case_has_ended"),
    NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    if case.state in states.ENDED:
        raise Refused("case_has_ended")
    series = Series.objects.select_related("device", "property").filter(pk=series_id).first()
    if series is None:
        raise Refused("sensor_unknown")
    named = name_sensor(case, series, lowest, highest, now)
    told = {"sensor": [None, f"{series.device.name} {series.property.code}"]}
    case_steps.record(case, "sensor_named", actor=actor, now=now, changes=told)
    return named


def name_sensor(
    case: Case, series: Series, lowest: float | None, highest: float | None, now: datetime
) -> CaseSensor:
    """Keep which sensor watches a locked case, in the caller's transaction; named again, its bounds change.

    Raises Refused("bounds_missing", "range_is_nothing").
    """
    if lowest is None and highest is None:
        raise Refused("bounds_missing")
    if lowest is not None and highest is not None and lowest >= highest:
        raise Refused("range_is_nothing")
    columns = {"lowest": lowest, "highest": highest, "named_at": now}
    return CaseSensor.objects.update_or_create(case=case, series=series, defaults=columns)[0]


@transaction.atomic
def verify_by_sensor(*, acting_user: None, case_id: int, now: datetime) -> Case:
    """Verify and close a rectified case whose sensors are back to normal; a share is looked at once more.

    Raises NotFound, Refused: "step_not_allowed" (it does not wait for a verification), "no_sensor",
    "evidence_missing" (nothing was read since the rectification), "reading_not_normal",
    "reading_not_settled" (not for long enough), "reading_stale" (the sensor fell silent).
    """
    case = Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotFound
    if case.state != State.RECTIFIED or case.rectified_at is None:
        raise Refused("step_not_allowed", state=case.state, allowed=())
    named = list(case.sensors.select_related("series__device", "series__property").order_by("pk"))
    if not named:
        raise Refused("no_sensor")
    watched = [_watched(each, case.rectified_at) for each in named]
    check_settled(case, watched, now)
    readings = [reading for each in watched for reading in each.readings]
    return pass_by_sensor(acting_user=None, case_id=case.pk, now=now, readings=readings)


def verify_by_sensors(*, acting_user: None, now: datetime) -> int:
    """Ask the sensors of all cases that wait for a verification; how many they verified."""
    waiting = CaseSensor.objects.filter(case__state=State.RECTIFIED)
    verified = 0
    for case_id in list(waiting.order_by("case_id").values_list("case_id", flat=True).distinct()):
        try:
            verify_by_sensor(acting_user=None, case_id=case_id, now=now)
        except Refused:  # not yet, or a person was first
            continue
        verified += 1
    return verified


def _watched(named: CaseSensor, since: datetime) -> Watched:
    """What a sensor read since the rectification. Raises Refused("evidence_missing")."""
    found = Observation.objects.filter(series=named.series, at__gt=since)
    count = found.count()
    if not count:
        raise Refused("evidence_missing")
    seconds = named.series.device.interval_seconds or named.series.property.interval_seconds
    return Watched(
        count,
        lowest=_reading(named, found.order_by("value", "at")[0]),
        highest=_reading(named, found.order_by("-value", "at")[0]),
        newest=_reading(named, found.order_by("-at")[0]),
        interval=timedelta(seconds=seconds),
    )


def _reading(named: CaseSensor, row: Observation) -> Reading:
    lowest = -inf if named.lowest is None else named.lowest
    highest = inf if named.highest is None else named.highest
    return Reading(named.series.device.name, row.at, row.value, lowest, highest)
