"""Who may give a role to whom: never to oneself, never wider than one's own area."""

from collections.abc import Iterable

from anlan.base.errors import NotFound, Refused
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Membership, Placed, Spot


def check_reach(memberships: Iterable[Membership], action: Action, thing: Placed) -> None:
    """Raise NotFound unless `action` on `thing` is allowed: what lies elsewhere looks as if it were not."""
    if not may(memberships, action, thing):
        raise NotFound


def check_grant(memberships: Iterable[Membership], *, area_path: str, unit_area_paths: Iterable[str]) -> None:
    """Raise Refused unless a role for `area_path` in a unit stays within what the giver administers.

    `unit_area_paths` are the areas of the unit and of all units below it, for which its members act too.
    Reasons: "area_beyond_own", "unit_beyond_own".
    """
    held = tuple(memberships)
    if not may(held, Action.MANAGE_MEMBERS, Spot(area_path)):
        raise Refused("area_beyond_own")
    if not all(may(held, Action.MANAGE_MEMBERS, Spot(path)) for path in unit_area_paths):
        raise Refused("unit_beyond_own")


def owns_account(memberships: Iterable[Membership], reaches: Iterable[str]) -> bool:
    """May the whole account be changed: do all areas that its roles and units reach lie in the own ones?

    An account that reaches further could be taken over by whoever may give it a new link.
    """
    held = tuple(memberships)
    return all(may(held, Action.MANAGE_MEMBERS, Spot(path)) for path in reaches)
