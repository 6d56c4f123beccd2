"""Mails and short messages about alarms leave: claimed, sent, marked, tried again; dead letters stay.

A process killed between sending and marking sends again with the same key: at least once, known as one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language, gettext, override

from anlan.channels import NotTaken, email, sms
from anlan.flows.alarm_words import SEVERITIES, name_of, place_of
from anlan.flows.links import link_to
from anlan.staff.notices import Way, next_try
from anlan.store.models import AlarmTold, NoticeChoice

LEASE = timedelta(minutes=5)
MOST = 200
CLAIM = """
UPDATE store_alarmtold SET claimed_until = %(until)s
WHERE id IN (
    SELECT id FROM store_alarmtold
    WHERE sent_at IS NULL AND dead_at IS NULL AND why_not = '' AND send_at <= %(now)s
      AND (claimed_until IS NULL OR claimed_until <= %(now)s)
    ORDER BY send_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def deliver_alarms(*, acting_user: None, now: datetime) -> int:
    """Send a batch of what is due; its size, 0 when nothing was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "until": now + LEASE, "most": MOST})
        ids = [pk for (pk,) in cursor.fetchall()]
    rows = AlarmTold.objects.filter(pk__in=ids).select_related(
        "alarm__rule", "alarm__device__kind", "alarm__site", "user", "event"
    )
    for each in rows.order_by("id"):
        _deliver(each, now)
    return len(ids)


def _deliver(each: AlarmTold, now: datetime) -> None:
    user = each.user
    try:
        with override((user.language if user else "") or settings.LANGUAGE_CODE):
            SENDS[Way(each.way)](each)
    except OSError as error:
        each.tries += 1
        again = next_try(each.tries, now)
        each.send_at, each.dead_at = again or each.send_at, None if again else now
        each.last_error = (str(error) if isinstance(error, NotTaken) else type(error).__name__)[:200]
    else:
        each.sent_at = now
    each.claimed_until = None
    each.save(update_fields=["tries", "send_at", "dead_at", "last_error", "sent_at", "claimed_until"])


def _send_email(each: AlarmTold) -> None:
    if each.user is None or not each.user.email:
        raise NotTaken("no e-mail address")
    address = link_to("alarm", each.alarm_id)
    email.send(to=each.user.email, subject=_line(each), text=f"{_line(each)}\n{address}\n", key=each.key.hex)


def _send_sms(each: AlarmTold) -> None:
    kept = NoticeChoice.objects.filter(user=each.user_id).first()
    if kept is None or not kept.phone:
        raise NotTaken("no phone number")
    sms.send(to=kept.phone, text=_line(each), key=each.key.hex)


def _line(each: AlarmTold) -> str:
    """Severity, what, where; no more than fits one message."""
    alarm = each.alarm
    language = get_language() or ""
    return gettext("%(severity)s alarm: %(what)s · %(place)s") % {
        "severity": SEVERITIES[alarm.severity],
        "what": name_of(alarm, language),
        "place": place_of(alarm),
    }


SENDS: Mapping[Way, Callable[[AlarmTold], None]] = MappingProxyType(
    {Way.EMAIL: _send_email, Way.SMS: _send_sms}
)
