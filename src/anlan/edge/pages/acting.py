"""Who is behind a request: read once a request, for pages and for the head of every page."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from anlan.edge.pages import labels
from anlan.staff.terms import Action
from anlan.store.readers.notices import unseen
from anlan.store.readers.staff import Acting, acting_for

SOMEWHERE = {
    "manage_members": Action.MANAGE_MEMBERS,
    "manage_units": Action.MANAGE_UNITS,
    "manage_areas": Action.MANAGE_AREAS,
    "manage_sites": Action.EDIT_SITES,
    "devices": Action.MANAGE_DEVICES,
    "manage_device_kinds": Action.MANAGE_DEVICES,
    "manage_routing": Action.VIEW_ROUTING,
    "manage_named": Action.VIEW_ROUTING,
    "supervision": Action.SUPERVISE,
}
"""Pages of the administration that serve a part of the city, and what opens them."""

EVERYWHERE = {
    "manage_categories": Action.MANAGE_CATEGORIES,
    "manage_calendar": Action.MANAGE_CALENDAR,
    "manage_webhooks": Action.MANAGE_WEBHOOKS,
    "manage_messages": Action.MANAGE_WEBHOOKS,
    "moderation_mail": Action.MANAGE_WEBHOOKS,
    "manage_cities": Action.MANAGE_WEBHOOKS,
    "manage_feeds": Action.MANAGE_WEBHOOKS,
    "manage_history": Action.VIEW_AUDIT,
}
"""Pages of the administration that belong to the whole city."""


def pages_of(acting: Acting) -> dict[str, bool]:
    """Which pages of the administration open to this person."""
    parts = {name: acting.may_somewhere(action) for name, action in SOMEWHERE.items()}
    return parts | {name: acting.may_in_whole_city(action) for name, action in EVERYWHERE.items()}


def acting_of(request: HttpRequest) -> Acting:
    """The member of staff behind `request`, in one query a request; raises NotFound for anybody else."""
    known: Acting | None = getattr(request, "_acting", None)
    if known is None or known.user != request.user:
        known = acting_for(request.user)
        request._acting = known  # type: ignore[attr-defined]
    return known


def member_facts(request: HttpRequest) -> dict[str, object]:
    """Context of every page for somebody signed in: how the head names them, and whether they administer."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        return {}
    return {
        "member_label": SimpleLazyObject(lambda: _label(acting_of(request))),
        "member_may_administer": SimpleLazyObject(lambda: any(pages_of(acting_of(request)).values())),
        "unseen_notices": SimpleLazyObject(lambda: unseen(user)),
        "member_may_moderate": SimpleLazyObject(lambda: acting_of(request).may_somewhere(Action.MODERATE)),
        "member_sees_scores": SimpleLazyObject(lambda: acting_of(request).may_somewhere(Action.VIEW_SCORES)),
        "member_sees_overview": SimpleLazyObject(
            lambda: acting_of(request).may_somewhere(Action.VIEW_OVERVIEW)
        ),
        "member_sees_devices": SimpleLazyObject(
            lambda: acting_of(request).may_somewhere(Action.VIEW_DEVICES)
        ),
        "member_sees_alarms": SimpleLazyObject(lambda: acting_of(request).may_somewhere(Action.VIEW_ALARMS)),
        "member_may_warn": SimpleLazyObject(lambda: acting_of(request).may_somewhere(Action.DRAFT_WARNING)),
        "manage_pages": SimpleLazyObject(lambda: pages_of(acting_of(request))),
    }


def _label(acting: Acting) -> str:
    """Unit and role, as everybody at work is named; the account's name where there is none."""
    if not acting.memberships:
        return acting.user.get_username()
    first = acting.memberships[0]
    return f"{first.unit.name} · {labels.ROLES[first.role]}"
