"""Who is behind a request: read once a request, for pages and for the head of every page."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from anlan.edge.pages import labels
from anlan.staff.terms import Action
from anlan.store.readers.staff import Acting, acting_for

MANAGING = (
    Action.MANAGE_MEMBERS,
    Action.MANAGE_UNITS,
    Action.MANAGE_CATEGORIES,
    Action.MANAGE_AREAS,
    Action.EDIT_SITES,
    Action.VIEW_AUDIT,
)
"""What opens a page of the administration."""


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
        "member_may_administer": SimpleLazyObject(lambda: _may_administer(acting_of(request))),
    }


def _may_administer(acting: Acting) -> bool:
    return any(map(acting.may_somewhere, MANAGING))


def _label(acting: Acting) -> str:
    """Unit and role, as everybody at work is named; the account's name where there is none."""
    if not acting.memberships:
        return acting.user.get_username()
    first = acting.memberships[0]
    return f"{first.unit.name} · {labels.ROLES[first.role]}"
