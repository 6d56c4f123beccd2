"""The one table of permissions: role x action x relation."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from anlan.places.terms import within
from anlan.staff.terms import Action, Membership, Placed, Relation, Role

_AREA = frozenset({Relation.OWN_AREA})
_UNIT = frozenset({Relation.OWN_UNIT})
_BOTH = _AREA | _UNIT
_NONE: frozenset[Relation] = frozenset()

TABLE: Mapping[Role, Mapping[Action, frozenset[Relation]]] = MappingProxyType(
    {
        Role.REPORTER_DESK: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _AREA,
            Action.VIEW_EVIDENCE: _AREA,
            Action.VIEW_CONTACT: _AREA,
            Action.TYPE_REPORT: _AREA,
            Action.MODERATE: _AREA,
            Action.VIEW_SCORES: _UNIT,
        },
        Role.DISPATCHER: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _AREA,
            Action.VIEW_EVIDENCE: _AREA,
            Action.VIEW_CONTACT: _AREA,
            Action.TYPE_REPORT: _AREA,
            Action.MODERATE: _AREA,
            Action.TRIAGE: _AREA,
            Action.DISPATCH: _AREA,
            Action.PARK: _AREA,
            Action.CLOSE: _AREA,
            Action.REOPEN: _AREA,
            Action.VIEW_OVERVIEW: _AREA,
            Action.SUPERVISE: _AREA,
            Action.EXPORT: _AREA,
            Action.EDIT_SITES: _AREA,
            Action.VIEW_ROUTING: _AREA,
            Action.VIEW_SCORES: _BOTH,
            Action.APPEAL: _UNIT,
            Action.DECIDE_APPEAL: _AREA,
            Action.VIEW_DEVICES: _AREA,
            Action.DRAFT_WARNING: _AREA,
            Action.SIGN_WARNING: _AREA,
            Action.VIEW_ALARMS: _AREA,
            Action.HANDLE_ALARM: _AREA,
            Action.SILENCE_ALARM: _AREA,
            Action.MANAGE_ROSTERS: _AREA,
        },
        Role.HANDLER: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _UNIT,
            Action.VIEW_EVIDENCE: _UNIT,
            Action.HANDLE: _UNIT,
            Action.VIEW_SCORES: _UNIT,
            Action.APPEAL: _UNIT,
            Action.VIEW_DEVICES: _UNIT,
            Action.VIEW_ALARMS: _UNIT,
            Action.HANDLE_ALARM: _UNIT,
        },
        Role.VERIFIER: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _AREA,
            Action.VIEW_EVIDENCE: _AREA,
            Action.VERIFY: _AREA,
            Action.VIEW_SCORES: _UNIT,
            Action.VIEW_DEVICES: _AREA,
            Action.VIEW_ALARMS: _AREA,
        },
        Role.FIELD_WORKER: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _BOTH,
            Action.VIEW_EVIDENCE: _UNIT,
            Action.TYPE_REPORT: _AREA,
            Action.VIEW_SCORES: _UNIT,
            Action.VIEW_DEVICES: _BOTH,
            Action.VIEW_ALARMS: _BOTH,
            Action.HANDLE_ALARM: _UNIT,
        },
        Role.ANALYST: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _AREA,
            Action.VIEW_OVERVIEW: _AREA,
            Action.EXPORT: _AREA,
            Action.VIEW_SCORES: _AREA,
            Action.VIEW_DEVICES: _AREA,
            Action.VIEW_ALARMS: _AREA,
        },
        Role.ADMINISTRATOR: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_OVERVIEW: _AREA,
            Action.EDIT_SITES: _AREA,
            Action.MANAGE_MEMBERS: _AREA,
            Action.MANAGE_UNITS: _AREA,
            Action.MANAGE_CATEGORIES: _AREA,
            Action.VIEW_ROUTING: _AREA,
            Action.MANAGE_ROUTING: _AREA,
            Action.NAME_RESPONSIBLE: _AREA,
            Action.MANAGE_CALENDAR: _AREA,
            Action.MANAGE_AREAS: _AREA,
            Action.MANAGE_WEBHOOKS: _AREA,
            Action.VIEW_DEVICES: _AREA,
            Action.MANAGE_DEVICES: _AREA,
            Action.VIEW_ALARMS: _AREA,
            Action.MANAGE_RULES: _AREA,
            Action.MANAGE_ROSTERS: _AREA,
        },
        Role.AUDITOR: {
            Action.VIEW_CALENDAR: _BOTH,
            Action.VIEW_CASE: _AREA,
            Action.VIEW_EVIDENCE: _AREA,
            Action.VIEW_OVERVIEW: _AREA,
            Action.VIEW_AUDIT: _AREA,
            Action.VIEW_ROUTING: _AREA,
            Action.VIEW_SCORES: _AREA,
            Action.VIEW_DEVICES: _AREA,
            Action.VIEW_ALARMS: _AREA,
        },
    }
)
"""What is not in the table is not allowed."""


def allowed_relations(role: Role, action: Action) -> frozenset[Relation]:
    """To which things a member with `role` may do `action`."""
    return TABLE[role].get(action, _NONE)


def relations(membership: Membership, thing: Placed) -> frozenset[Relation]:
    """How `thing` stands to a member; both of own unit and own area may hold."""
    found = set()
    if thing.unit_path and within(thing.unit_path, membership.unit_path):
        found.add(Relation.OWN_UNIT)
    if within(thing.area_path, membership.area_path):
        found.add(Relation.OWN_AREA)
    return frozenset(found or {Relation.ELSEWHERE})


def allowing[M: Membership](memberships: Iterable[M], action: Action, thing: Placed) -> Iterator[M]:
    """The memberships that allow `action` on `thing`, in their order."""
    for membership in memberships:
        if allowed_relations(Role(membership.role), action) & relations(membership, thing):
            yield membership


def deciding[M: Membership](memberships: Iterable[M], action: Action, thing: Placed) -> M | None:
    """The membership that allows `action` on `thing`, the first of several; None when none does."""
    return next(allowing(memberships, action, thing), None)


def may(memberships: Iterable[Membership], action: Action, thing: Placed) -> bool:
    """May a member with these memberships do `action` to `thing`?"""
    return deciding(memberships, action, thing) is not None
