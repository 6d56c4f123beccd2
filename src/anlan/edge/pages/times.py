"""Times as the pages say them: words first, figures with units, nothing that breaks across a line."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def moment(at: datetime, now: datetime) -> str:
    """`at` in local time: "today 08:55", "10-12 17:30", or with the year when it is another one."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return _("today %(time)s") % {"time": f"{local:%H:%M}"}
    if local.year == today.year:
        return f"{local:%m-%d %H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def duration(span: timedelta) -> str:
    """The two largest units of a span that is not negative: "1 day 4 h", "50 min", "under 1 min"."""
    days, rest = divmod(span, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        hours, minutes = (hours, 0) if days < 10 else (0, 0)
    if not (days or hours or minutes):
        return _("under 1 min")
    return " ".join(
        phrase % {"n": count}
        for count, phrase in ((days, _day(days)), (hours, _("%(n)s h")), (minutes, _("%(n)s min")))
        if count
    )


def _day(days: int) -> str:
    return _("1 day") if days == 1 else _("%(n)s days")
