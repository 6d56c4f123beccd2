"""Units, roles, and what a member may be allowed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class UnitKind(StrEnum):
    """Kinds of organisations that act."""

    AGENCY = "agency"
    TOWNSHIP_OFFICE = "township_office"
    VILLAGE_COMMITTEE = "village_committee"
    POST = "post"
    ENTERPRISE = "enterprise"
    DESK = "desk"  # the place where reports are taken and sent on


class Role(StrEnum):
    """What a member may do in a unit."""

    REPORTER_DESK = "reporter_desk"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    VERIFIER = "verifier"
    FIELD_WORKER = "field_worker"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What can be allowed."""

    VIEW_CASE = "view_case"
    VIEW_EVIDENCE = "view_evidence"  # photos that are not cleared
    VIEW_CONTACT = "view_contact"
    TYPE_REPORT = "type_report"  # for a resident, or from the field
    TRIAGE = "triage"  # accept, reject, merge, take a merge back
    DISPATCH = "dispatch"  # dispatch, recall, cancel
    HANDLE = "handle"  # start, rectify, return
    PARK = "park"
    VERIFY = "verify"
    CLOSE = "close"
    REOPEN = "reopen"
    VIEW_OVERVIEW = "view_overview"
    EXPORT = "export"
    MODERATE = "moderate"  # clear words for the public, hide a case from it
    VIEW_SCORES = "view_scores"
    APPEAL = "appeal"  # say that a case should not count in a figure of the unit
    DECIDE_APPEAL = "decide_appeal"
    VIEW_AUDIT = "view_audit"
    SUPERVISE = "supervise"  # pick cases or areas for extra checks, record what was found
    EDIT_SITES = "edit_sites"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_UNITS = "manage_units"
    MANAGE_CATEGORIES = "manage_categories"
    VIEW_ROUTING = "view_routing"  # rules and who is named as responsible
    MANAGE_ROUTING = "manage_routing"  # draft rules and put them in force
    NAME_RESPONSIBLE = "name_responsible"
    VIEW_CALENDAR = "view_calendar"  # holidays, make-up workdays, working hours
    MANAGE_CALENDAR = "manage_calendar"  # draft the city's own calendar and put it in force
    MANAGE_AREAS = "manage_areas"
    MANAGE_WEBHOOKS = "manage_webhooks"
    VIEW_DEVICES = "view_devices"
    MANAGE_DEVICES = "manage_devices"  # register, change, mute, give credentials
    DRAFT_WARNING = "draft_warning"  # write to people; yellow and blue leave by this alone
    SIGN_WARNING = "sign_warning"  # as the second person of a red or orange one; begin and end a drill
    VIEW_ALARMS = "view_alarms"
    HANDLE_ALARM = "handle_alarm"  # acknowledge, make a case of it, say what it was
    SILENCE_ALARM = "silence_alarm"
    MANAGE_RULES = "manage_rules"  # of alarms: what is abnormal, and who hears after how long
    MANAGE_ROSTERS = "manage_rosters"  # who is on duty


class KeyScope(StrEnum):
    """What a key of another system opens."""

    SENSING = "sensing"  # writing through SensorThings
    OPEN311 = "open311"  # sending requests through Open311


class Relation(StrEnum):
    """How a thing stands to a member."""

    OWN_UNIT = "own_unit"
    OWN_AREA = "own_area"
    ELSEWHERE = "elsewhere"


class Membership(Protocol):
    """One role of one member in one unit, for one area and what lies below it."""

    @property
    def id(self) -> int: ...
    @property
    def user_id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def unit_path(self) -> str: ...
    @property
    def area_path(self) -> str: ...


class Placed(Protocol):
    """A thing that lies in an area and may belong to a unit; "" when it belongs to none yet."""

    @property
    def area_path(self) -> str: ...
    @property
    def unit_path(self) -> str: ...


@dataclass(frozen=True)
class Spot:
    """Where something lies that is no row itself: a page, or what is about to be added."""

    area_path: str
    unit_path: str = ""
