"""Questions about templates of warnings, and what an alarm fills into them."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from anlan.base.errors import NotFound
from anlan.sensing.terms import Colour
from anlan.sensing.warning_templates import BUILT_IN, Words, words_of
from anlan.staff.terms import Action
from anlan.store.models import Alarm, Area, DeviceKind, WarningTemplate, WarningTemplateVersion
from anlan.store.readers.staff import Acting, scope_q
from anlan.store.readers.warnings import above


class InForce(NamedTuple):
    """A template that is used now, for one kind of device or for any; no version is built in."""

    kind: DeviceKind | None
    colour: Colour
    words: Words
    version: WarningTemplateVersion | None


def template_for(kind_id: int | None, colour: Colour) -> InForce:
    """The words for an alarm: of its kind of device, else for any kind, else built in; one query."""
    rows = WarningTemplate.objects.filter(colour=colour).select_related("device_kind")
    found = [each for each in rows if each.device_kind_id in (kind_id, None)]
    if not found:
        return InForce(None, colour, BUILT_IN[colour], None)
    return _in_force(max(found, key=lambda each: each.device_kind_id is not None))


def template_of(alarm: Alarm) -> InForce:
    """The words for an alarm, by its kind of device and how bad it is; one query."""
    kind = alarm.device.kind_id if alarm.device else alarm.rule.device_kind_id if alarm.rule else None
    return template_for(kind, Colour(alarm.severity))


def templates() -> list[InForce]:
    """All templates in force: those for any kind, red first, then those of kinds; one query."""
    newest = WarningTemplateVersion.objects.filter(version=F("template__version"))
    rows = newest.select_related("template__device_kind", "made_by").order_by("template_id")
    kept = {(each.template.device_kind_id, each.template.colour): each for each in rows}
    general = [
        InForce(None, colour, words_of(row.content), row)
        if (row := kept.pop((None, colour), None))
        else InForce(None, colour, BUILT_IN[colour], None)
        for colour in Colour
    ]
    return general + [
        InForce(each.template.device_kind, Colour(each.template.colour), words_of(each.content), each)
        for each in kept.values()
    ]


def one_template(kind_code: str, colour: str) -> InForce:
    """The template for a kind of device ("" for any) in a colour; where a kind has none, the general one
    is shown, to begin with. Raises NotFound.
    """
    if colour not in set(Colour):
        raise NotFound
    kind = DeviceKind.objects.filter(code=kind_code).first()
    if kind_code and kind is None:
        raise NotFound
    found = template_for(kind.pk if kind else None, Colour(colour))
    return found._replace(kind=kind)


def versions_of(kind_code: str, colour: str) -> list[WarningTemplateVersion]:
    """The versions of one template, the newest first."""
    which = {"template__device_kind__code": kind_code} if kind_code else {"template__device_kind": None}
    rows = WarningTemplateVersion.objects.filter(template__colour=colour, **which)
    return list(rows.select_related("made_by").order_by("-version"))


def kinds_of_devices() -> list[DeviceKind]:
    """Kinds of devices that measure, by code."""
    return list(DeviceKind.objects.filter(is_camera=False).order_by("code"))


def facts_of(alarm: Alarm) -> Mapping[str, str]:
    """What an alarm fills into fields; what is not known is not there."""
    value, threshold = alarm.values.get("measured", alarm.values.get("value")), alarm.values.get("threshold")
    area = Area.objects.filter(path=alarm.area_path).values_list("name", flat=True).first()
    found = {
        "area": area or "",
        "place": _place(alarm) or area or "",
        "value": f"{value:.4g}" if isinstance(value, int | float) else "",
        "threshold": f"{threshold:.4g}" if isinstance(threshold, int | float) else "",
        "unit": alarm.rule.property.unit if alarm.rule is not None else "",
        "time": f"{timezone.localtime(alarm.raised_at):%H:%M}",
    }
    return {name: said for name, said in found.items() if said}


def _place(alarm: Alarm) -> str:
    if alarm.site is not None:
        return str(alarm.site.name)
    if alarm.device is not None:
        return str(alarm.device.title)
    return str(alarm.values.get("place", ""))


def alarm_to_warn_of(acting: Acting, alarm_id: int) -> Alarm:
    """An alarm of which this person may warn. Raises NotFound."""
    found = Alarm.objects.filter(scope_q(acting, Action.DRAFT_WARNING, unit=None), pk=alarm_id)
    alarm = found.select_related("site", "device", "rule__property", "rule__device_kind").first()
    if alarm is None:
        raise NotFound
    return alarm


def areas_around(acting: Acting, alarm: Alarm) -> list[Area]:
    """The areas that hold an alarm and in which this person may warn, the widest first: their own.

    Raises NotFound when none is in use any more.
    """
    own = scope_q(acting, Action.DRAFT_WARNING, area="path", unit=None)
    found = list(Area.objects.filter(own, path__in=above(alarm.area_path), in_use=True).order_by("path"))
    if not found:
        raise NotFound
    return found


def _in_force(row: WarningTemplate) -> InForce:
    version = row.versions.filter(version=row.version).get()
    return InForce(row.device_kind, Colour(row.colour), words_of(version.content), version)
