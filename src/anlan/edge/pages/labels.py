"""What the words of staff and places are called on pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.places.terms import Crs, Level, SiteKind
from anlan.staff.terms import Action, Relation, Role, UnitKind

ROLES: Mapping[str, Promise] = {
    Role.REPORTER_DESK: _("Reporter desk"),
    Role.DISPATCHER: _("Dispatcher"),
    Role.HANDLER: _("Handler"),
    Role.VERIFIER: _("Verifier"),
    Role.FIELD_WORKER: _("Field worker"),
    Role.ANALYST: _("Analyst"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
}

UNIT_KINDS: Mapping[str, Promise] = {
    UnitKind.AGENCY: _("Agency"),
    UnitKind.TOWNSHIP_OFFICE: _("Township office"),
    UnitKind.VILLAGE_COMMITTEE: _("Village committee"),
    UnitKind.POST: _("Post"),
    UnitKind.ENTERPRISE: _("Enterprise"),
    UnitKind.DESK: _("Command desk"),
}

ACTIONS: Mapping[str, Promise] = {
    Action.VIEW_CASE: _("See cases"),
    Action.VIEW_EVIDENCE: _("See photos of cases"),
    Action.VIEW_CONTACT: _("See how to reach a reporter"),
    Action.TYPE_REPORT: _("Type in a report"),
    Action.TRIAGE: _("Accept, reject or join reports"),
    Action.DISPATCH: _("Dispatch to a unit, recall, cancel"),
    Action.HANDLE: _("Rectify, or return to the desk"),
    Action.PARK: _("Park"),
    Action.VERIFY: _("Verify what other units rectified"),
    Action.CLOSE: _("Close"),
    Action.REOPEN: _("Reopen"),
    Action.VIEW_OVERVIEW: _("See the figures of areas"),
    Action.EXPORT: _("Export lists"),
    Action.VIEW_SCORES: _("See scores"),
    Action.MODERATE: _("Clear words for the public, hide a case from it"),
    Action.APPEAL: _("Appeal against a case in a score of the unit"),
    Action.DECIDE_APPEAL: _("Decide on appeals of units below"),
    Action.SUPERVISE: _("Pick cases or areas for extra checks"),
    Action.VIEW_AUDIT: _("See who changed what"),
    Action.EDIT_SITES: _("Add and change sites"),
    Action.MANAGE_MEMBERS: _("Add and change members"),
    Action.MANAGE_UNITS: _("Add and change units"),
    Action.MANAGE_CATEGORIES: _("Add and change categories"),
    Action.VIEW_ROUTING: _("See the rules of dispatch and who is named"),
    Action.MANAGE_ROUTING: _("Change the rules of dispatch"),
    Action.NAME_RESPONSIBLE: _("Name responsible units"),
    Action.VIEW_CALENDAR: _("See the calendar"),
    Action.MANAGE_CALENDAR: _("Change the calendar of the city"),
    Action.MANAGE_AREAS: _("Add and change areas"),
    Action.MANAGE_WEBHOOKS: _("Say which systems hear of cases"),
    Action.VIEW_DEVICES: _("See devices and their readings"),
    Action.MANAGE_DEVICES: _("Register and change devices"),
    Action.DRAFT_WARNING: _("Write warnings to people"),
    Action.SIGN_WARNING: _("Sign warnings as the second person, begin and end drills"),
    Action.VIEW_ALARMS: _("See alarms"),
    Action.HANDLE_ALARM: _("Answer alarms and say what they were"),
    Action.SILENCE_ALARM: _("Silence alarms"),
    Action.MANAGE_RULES: _("Say what is abnormal, and who hears after how long"),
    Action.MANAGE_ROSTERS: _("Say who is on duty"),
}

RELATIONS: Mapping[str, Promise] = {
    Relation.OWN_UNIT: _("in %(unit)s and the units below it"),
    Relation.OWN_AREA: _("in %(area)s and the areas below it"),
}
"""Where something is allowed, to be filled with the names of a membership."""

LEVELS: Mapping[str, Promise] = {
    Level.CITY: _("City"),
    Level.COUNTY: _("County"),
    Level.TOWNSHIP: _("Township"),
    Level.VILLAGE: _("Village"),
}

SITE_KINDS: Mapping[str, Promise] = {
    SiteKind.POND: _("Pond"),
    SiteKind.SCHOOL: _("School"),
    SiteKind.SHOP: _("Shop"),
    SiteKind.COMPOUND: _("Compound"),
    SiteKind.CHARGING_SHED: _("Charging shed"),
    SiteKind.ROAD_SEGMENT: _("Road segment"),
    SiteKind.POST: _("Post (site)"),
    SiteKind.ENTERPRISE: _("Enterprise (site)"),
    SiteKind.SHELTER: _("Shelter"),
    SiteKind.OTHER: _("Other site"),
}

SYSTEMS: Mapping[str, Promise] = {
    Crs.WGS84: _("WGS-84 (GPS)"),
    Crs.GCJ02: _("GCJ-02 (Amap, Tencent)"),
    Crs.BD09: _("BD-09 (Baidu)"),
}
"""Coordinate systems."""


def options(words: Mapping[str, Promise]) -> list[tuple[str, Promise]]:
    """The choices of a form's field."""
    return [(str(value), label) for value, label in words.items()]
