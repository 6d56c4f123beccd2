"""What an alarm is called in messages and on pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.sensing.alarms.terms import AlarmSource
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm

SEVERITIES: Mapping[str, Promise] = {
    Colour.RED: pgettext_lazy("severity of an alarm", "Critical"),
    Colour.ORANGE: pgettext_lazy("severity of an alarm", "Major"),
    Colour.YELLOW: pgettext_lazy("severity of an alarm", "Medium"),
    Colour.BLUE: pgettext_lazy("severity of an alarm", "Notice"),
}
SOURCES: Mapping[str, Promise] = {
    AlarmSource.OUTAGE: _("Devices fell silent"),
    AlarmSource.FEED: _("A warning of another sender"),
    AlarmSource.HAND: _("Raised by hand"),
}


def name_of(alarm: Alarm, language: str) -> str:
    """The rule's name, or what raised it."""
    if alarm.rule is not None:
        return alarm.rule.name_en if language.startswith("en") else alarm.rule.name_zh
    said = alarm.values.get("words")
    return str(said or SOURCES[alarm.source])


def place_of(alarm: Alarm) -> str:
    """Its site, its device, or what fell silent; "" when none is known."""
    if alarm.site is not None:
        return alarm.site.name
    if alarm.device is not None:
        return alarm.device.title or alarm.device.name
    return str(alarm.values.get("place", ""))
