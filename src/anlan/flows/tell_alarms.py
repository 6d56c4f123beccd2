"""Level after level hears of an alarm until somebody answers; for each person it is kept whether and why.

`next_step_at` in the alarm's row is the truth: a worker that is killed loses no step, and what was written
once cannot be written again. Whoever looks late tells all levels that are due at once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from django.db import transaction
from django.utils import timezone

from anlan.cases.notices import NoticeKind
from anlan.flows.alarm_history import take
from anlan.flows.notify import choice_of
from anlan.sensing.alarms.flapping import SPAN, is_flapping
from anlan.sensing.alarms.silencing import silenced_by
from anlan.sensing.alarms.stepping import Minutes, level_due, levels_between, next_at, up_to_somebody
from anlan.sensing.alarms.terms import UNANSWERED, AlarmStep, DutyLevel, NotTold
from anlan.sensing.terms import Colour
from anlan.staff.notices import Choice, Way, send_at
from anlan.store.models import Alarm, AlarmEvent, AlarmTold, Silence
from anlan.store.readers.alarms import minutes_for, silences_over
from anlan.store.readers.duty import OnDuty, on_duty
from anlan.store.readers.receivers import choices_of

PAGE = "page"
"""The pages of duty, where everybody sees their alarms; the other ways are those of `staff/notices.py`."""
AT_ONCE = 200


def tell_due(*, acting_user: None, now: datetime) -> int:
    """Let every level hear that is due; how many alarms were looked at. Again at once, nothing more."""
    due = Alarm.objects.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    seen = 0
    for pk in due.values_list("pk", flat=True)[:AT_ONCE]:
        seen += tell_alarm(acting_user=None, alarm_id=pk, now=now)
    return seen


@transaction.atomic
def tell_alarm(*, acting_user: None, alarm_id: int, now: datetime) -> int:
    """Let the levels hear of one alarm that are due; 0 when none was, or somebody else does it, else 1."""
    found = Alarm.objects.filter(pk=alarm_id, next_step_at__lte=now)
    alarm = found.select_for_update(skip_locked=True).first()
    if alarm is None:
        return 0
    if alarm.state not in UNANSWERED or alarm.held_by_id is not None:
        _rest(alarm, None)
        return 1
    silence = silenced_by(alarm, silences_over(alarm, now), now)
    if silence is not None:
        _silent(alarm, silence, now)
    else:
        _tell(alarm, minutes_for(alarm.severity, now), now)
    return 1


def _tell(alarm: Alarm, minutes: Minutes, now: datetime) -> None:
    told = DutyLevel(alarm.told_level)
    due = level_due(minutes, alarm.since, now)
    people = cache(lambda level: on_duty(alarm.area_path, level, now))
    if due > told:
        due = up_to_somebody(due, minutes, lambda level: bool(people(level)))
    levels = levels_between(told, due, minutes)
    if levels:
        event = _event_of(alarm, due, now)
        folded = _is_folded(alarm, now)
        for level in levels:
            rows = _rows(alarm, event, level, people(level), folded, now)
            AlarmTold.objects.bulk_create(rows, ignore_conflicts=True)
        alarm.told_level = due
    _rest(alarm, next_at(minutes, max(told, due), alarm.since))


def _event_of(alarm: Alarm, due: DutyLevel, now: datetime) -> AlarmEvent:
    """The event that people hear of: that it was raised, or that a level above must know."""
    if due > DutyLevel.TOWNSHIP:
        return take(alarm, AlarmStep.ESCALATE, now, values={"level": int(due)})
    return alarm.events.order_by("-pk")[:1].get()


def _is_folded(alarm: Alarm, now: datetime) -> bool:
    """It comes and goes, and is no worse than what was told: no more messages until it rests."""
    raised = alarm.events.filter(step=AlarmStep.RAISE, at__gt=now - SPAN).values_list("at", flat=True)
    return is_flapping(list(raised), now)


def _rows(
    alarm: Alarm, event: AlarmEvent, level: DutyLevel, people: Sequence[OnDuty], folded: bool, now: datetime
) -> Iterator[AlarmTold]:
    if not people:
        yield _row(alarm, event, level, now, way="", why_not=NotTold.NOBODY)
    choices = choices_of(each.user for each in people)
    for each in people:
        choice = choice_of(choices.get(each.user.pk))
        yield from _to_person(alarm, event, level, each, choice, folded, now)


def _to_person(
    alarm: Alarm,
    event: AlarmEvent,
    level: DutyLevel,
    person: OnDuty,
    choice: Choice,
    folded: bool,
    now: datetime,
) -> Iterator[AlarmTold]:
    """What one person gets: a line on their pages, and what they chose; red waits for no quiet hours."""
    yield _row(alarm, event, level, now, way=PAGE, user=person.user, sent_at=now)
    chosen = choice.ways.get(NoticeKind.ALARM, frozenset())
    for way in (Way.EMAIL, Way.SMS):
        if way not in chosen:
            yield _row(alarm, event, level, now, way=way, user=person.user, why_not=NotTold.NOT_CHOSEN)
        elif folded:
            yield _row(alarm, event, level, now, way=way, user=person.user, why_not=NotTold.FLAPPING)
        else:
            urgent = alarm.severity == Colour.RED
            at = send_at(way, choice, timezone.localtime(now), urgent=urgent)
            yield _row(alarm, event, level, now, way=way, user=person.user, send_at=at)


def _row(alarm: Alarm, event: AlarmEvent, level: DutyLevel, now: datetime, **facts: object) -> AlarmTold:
    return AlarmTold(**{"alarm": alarm, "event": event, "level": level, "at": now, "send_at": now, **facts})


def _silent(alarm: Alarm, silence: Silence, now: datetime) -> None:
    """Keep who asked for quiet, and look again when it ends."""
    event = alarm.events.order_by("-pk")[:1].get()
    row = _row(alarm, event, DutyLevel.TOWNSHIP, now, way="", why_not=NotTold.SILENCED, silence=silence)
    AlarmTold.objects.bulk_create([row], ignore_conflicts=True)
    _rest(alarm, silence.ends)


def _rest(alarm: Alarm, until: datetime | None) -> None:
    alarm.next_step_at = until
    alarm.save(update_fields=["next_step_at", "told_level"])
