"""Fields of the history of staff, places and devices, and their values, in the words of the pages."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages import alarm_rule_words, case_labels, device_words, labels

UNTOLD = frozenset({"area_path", "unit_path", "path", "successor_id"})
"""Columns that only follow from others."""

FIELDS: Mapping[str, Promise] = {
    "accept_hours": _("Hours to accept"),
    "active": _("In use"),
    "address": _("Address"),
    "amber_percent": _("Near its end from (percent of its time)"),
    "api_key": _("Key that it gave us"),
    "area": _("Area"),
    "area_id": _("Area"),
    "ask": _("Question"),
    "attributes": _("Other facts"),
    "boundary": _("Boundary"),
    "category": _("Category"),
    "closes_when": _("When a case is closed"),
    "crs": _("Coordinate system"),
    "dead_letters": _("Dead letters"),
    "dispatch_hours": _("Hours to dispatch"),
    "email": _("E-mail address"),
    "fetches": _("Bring in its requests of this service"),
    "firmware": _("Firmware"),
    "first_name": _("Full name"),
    "form": _("Format it speaks"),
    "gateway": _("Gateway"),
    "handle_hours": _("Hours to rectify"),
    "in_force_from": _("In force from"),
    "in_use": _("In use"),
    "inspected_on": _("Inspected on"),
    "installed_on": _("Installed on"),
    "interim_hours": _("Hours to make it safe first"),
    "is_active": _("May sign in"),
    "kind": _("Kind"),
    "lat": _("Latitude"),
    "legal_basis": _("Legal basis"),
    "level": _("Level"),
    "lifecycle": _("State"),
    "limit": _("Time limit"),
    "lng": _("Longitude"),
    "minutes": _("Minutes without an answer"),
    "muted_until": _("Muted until"),
    "muted_why": _("Why muted"),
    "name": _("Name"),
    "name_en": _("English name"),
    "name_zh": _("Chinese name"),
    "open311_keywords": _("Other words by which it is found"),
    "open311_type": _("When a sender gets the number of its request"),
    "opens_when": _("When a case is opened"),
    "order": _("Place in the list"),
    "parent": _("Above it"),
    "phone": _("Telephone"),
    "photos_as": _("Photos that the public sees"),
    "purpose": _("Purpose"),
    "recurs_days": _("Comes back within (days)"),
    "recurs_metres": _("Comes back within (metres)"),
    "retention_days": _("Days for which its owner keeps recordings"),
    "role": _("Role"),
    "rule": _("Rule"),
    "rules": _("Rules"),
    "second_factors": _("Second factors"),
    "sends": _("Send it our cases"),
    "sessions": _("Sessions"),
    "severity": _("Severity to begin with"),
    "shift": _("Shift"),
    "site": _("Site"),
    "source_crs": _("Coordinate system"),
    "successor": _("What follows it"),
    "title": _("Name for people"),
    "unit": _("Unit"),
    "unit_id": _("Unit"),
    "unit_kind": _("Kind of unit that answers"),
    "unit_level": _("At the level"),
    "valid_from": _("In use from"),
    "valid_to": _("Last day"),
    "verify_hours": _("Hours to verify"),
    "version": _("Version"),
    "why": _("Why"),
}

VALUES: Mapping[str, Mapping[str, Promise]] = {
    "crs": labels.SYSTEMS,
    "kind": {**labels.UNIT_KINDS, **labels.SITE_KINDS},
    "level": labels.LEVELS,
    "lifecycle": device_words.LIFECYCLES,
    "role": labels.ROLES,
    "severity": case_labels.SEVERITIES,
    "source_crs": labels.SYSTEMS,
    "unit_kind": labels.UNIT_KINDS,
    "unit_level": labels.LEVELS,
}

PARTS: Mapping[str, Promise] = {
    **case_labels.LIMITED,
    **case_labels.SEVERITIES,
    **alarm_rule_words.KINDS,
    **alarm_rule_words.MODES,
}
"""What stands behind the first word of a field, such as "limit accept high", or for a field, "stuck live"."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")

TIME_UNIT = re.compile("|".join(sorted(case_labels.TIME_UNITS, key=len, reverse=True)))


def field_in_words(name: str) -> str:
    """What a field is called on the pages; its own name where they have none, such as a day."""
    if name in FIELDS:
        return str(FIELDS[name])
    first, *rest = name.split(" ")
    return " ".join(
        [str(FIELDS.get(first, PARTS.get(first, first))), *(str(PARTS.get(each, each)) for each in rest)]
    )


def value_in_words(field: str, value: object) -> str:
    """A value as the pages say it: yes and no, words of a list, moments in the time of the city."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return gettext(", ").join(value_in_words(field, each) for each in value)
    said = str(value)
    if field.startswith("limit "):
        return TIME_UNIT.sub(lambda unit: str(case_labels.TIME_UNITS[unit[0]]), said)
    words = VALUES.get(field, {}).get(said)
    return str(words) if words is not None else MOMENT.sub(_in_city_time, said)


def _in_city_time(found: re.Match[str]) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(found[0])):%Y-%m-%d %H:%M}"
