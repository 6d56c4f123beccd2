"""Questions about alarms: open ones of a person's areas, one with its history, what stands near another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import cos, radians

from django.db import connection
from django.db.models import Case, Prefetch, Q, QuerySet, Value, When

from anlan.base.errors import NotFound
from anlan.cases.similar import distance_m
from anlan.sensing.alarms.closing import Precision
from anlan.sensing.alarms.holding import SAME_SITE
from anlan.sensing.alarms.stepping import STANDARD, Minutes
from anlan.sensing.alarms.terms import AlarmSource, AlarmState, Cause, DutyLevel
from anlan.sensing.terms import Colour
from anlan.staff.terms import Action
from anlan.store.models import Alarm, AlarmEvent, AlarmPolicy, AlarmTold, Silence, Site
from anlan.store.readers.staff import Acting, scope_q
from anlan.store.readers.warnings import above

type Ringing = Alarm
"""An alarm as pages hold it."""

MOST = 300
NEAR_M = 500.0
MOST_NEAR = 5_000
DEGREE_M = 111_195.0  # as places/lookup.py has it, without its libraries
WORST_FIRST = Case(
    *(
        When(severity=colour, then=Value(place))
        for place, colour in enumerate((Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE))
    )
)
STATES_FIRST = Case(
    When(state=AlarmState.ESCALATED, then=Value(0)),
    When(state=AlarmState.RAISED, then=Value(0)),
    When(state=AlarmState.ACKNOWLEDGED, then=Value(1)),
    default=Value(2),
)


def open_alarms(acting: Acting, area_path: str = "", most: int = MOST) -> list[Alarm]:
    """Open alarms that stand for themselves, unanswered first, red first, then the oldest; two queries."""
    found = Alarm.objects.filter(scope_q(acting, Action.VIEW_ALARMS), held_by=None)
    found = found.exclude(state=AlarmState.CLOSED).filter(area_path__startswith=area_path)
    return list(_shown(found).order_by(STATES_FIRST, WORST_FIRST, "raised_at", "pk")[:most])


def count_open(acting: Acting, area_path: str = "") -> int:
    """How many open alarms stand for themselves; one query."""
    found = Alarm.objects.filter(scope_q(acting, Action.VIEW_ALARMS), held_by=None)
    return found.exclude(state=AlarmState.CLOSED).filter(area_path__startswith=area_path).count()


def one_alarm(acting: Acting, alarm_id: int, action: Action = Action.VIEW_ALARMS) -> Alarm:
    """An alarm with all that its page shows. Raises NotFound."""
    found = Alarm.objects.filter(scope_q(acting, action), pk=alarm_id)
    history = Prefetch("events", AlarmEvent.objects.select_related("actor").order_by("id"))
    told = Prefetch("told", AlarmTold.objects.select_related("user", "unit", "silence").order_by("id"))
    shown = _shown(found).prefetch_related(history, told).first()
    if shown is None:
        raise NotFound
    return shown


def open_near(cause: Cause) -> list[Alarm]:
    """Open, unheld alarms that may stand for a new one: of its place, its cause, or a silence around it."""
    recent = Q(raised_at__gte=cause.at - SAME_SITE - timedelta(minutes=1))
    near = recent & (Q(site_id=cause.site, site__isnull=False) | Q(area_path=cause.area_path))
    around = Q(source=AlarmSource.OUTAGE, area_path__in=above(cause.area_path))
    found = Alarm.objects.filter(near | around, held_by=None).exclude(
        state__in=(AlarmState.CLEARED, AlarmState.CLOSED)
    )
    return list(found.exclude(condition=cause.condition)[:MOST])


def silences_over(alarm: Alarm, now: datetime) -> list[Silence]:
    """Silences in force that may cover an alarm; one query."""
    return list(
        Silence.objects.filter(
            Q(ends=None) | Q(ends__gt=now), begins__lte=now, area_path__in=above(alarm.area_path)
        )
    )


def silences_of(acting: Acting, now: datetime) -> Sequence[Silence]:
    """Silences in force and to come in the areas of this person, the first to end first."""
    found = Silence.objects.filter(scope_q(acting, Action.VIEW_ALARMS, unit=None))
    found = found.filter(Q(ends=None) | Q(ends__gt=now))
    shown = found.select_related("area", "device", "site", "rule", "alarm", "made_by")
    return list(shown.defer("area__boundary").order_by("ends", "pk")[:MOST])


def one_silence(acting: Acting, silence_id: int) -> Silence:
    """A silence that this person may end. Raises NotFound."""
    found = Silence.objects.filter(scope_q(acting, Action.SILENCE_ALARM, unit=None), pk=silence_id)
    silence = found.first()
    if silence is None:
        raise NotFound
    return silence


def minutes_for(severity: str, now: datetime) -> Minutes:
    """After how many minutes which level hears, as the city has it now; one query."""
    kept = AlarmPolicy.objects.filter(severity=severity, in_force_from__lte=now)
    newest = kept.order_by("-in_force_from", "-pk").first()
    if newest is None:
        return STANDARD[Colour(severity)]
    return {DutyLevel(int(level)): int(after) for level, after in newest.minutes.items()}


PRECISION = """
SELECT rule_id, count(*) FILTER (WHERE false_alarm IS FALSE), count(*) FILTER (WHERE false_alarm IS NOT NULL),
       count(*) FILTER (WHERE state <> 'closed')
FROM store_alarm WHERE rule_id = ANY(%s) GROUP BY rule_id
"""


def precision_of(rules: Sequence[int]) -> dict[int, Precision]:
    """Of each rule: how many of its answered alarms were real; one query."""
    with connection.cursor() as cursor:
        cursor.execute(PRECISION, [list(rules)])
        found = {rule: Precision(real, answered, open_) for rule, real, answered, open_ in cursor.fetchall()}
    return {rule: found.get(rule, Precision(0, 0, 0)) for rule in rules}


def nearby_sites(alarm: Alarm, metres: float = NEAR_M) -> list[tuple[Site, int]]:
    """Places in use within so many metres of an alarm and how far they are, the nearest first; one query."""
    placed = alarm.device or alarm.site
    if placed is None or placed.lng is None or placed.lat is None:
        return []
    lng, lat = placed.lng, placed.lat
    high = metres / DEGREE_M
    wide = high / max(cos(radians(lat)), 0.01)
    found = Site.objects.filter(
        in_use=True, lng__range=(lng - wide, lng + wide), lat__range=(lat - high, lat + high)
    )
    others = [site for site in found[:MOST_NEAR] if site.pk != alarm.site_id]
    near = [(site, distance_m(lng, lat, site.lng or 0.0, site.lat or 0.0)) for site in others]
    return sorted(
        ((site, round(far)) for site, far in near if far <= metres), key=lambda each: (each[1], each[0].code)
    )


def _shown(found: "QuerySet[Alarm]") -> "QuerySet[Alarm]":
    return found.select_related(
        *("device", "device__kind", "site", "unit", "rule", "rule__property", "case"),
        *("acknowledged_by", "held_by"),
    ).prefetch_related(Prefetch("holds", Alarm.objects.select_related("rule__property", "device", "site")))
