"""Appeals against a case's part in a figure: which there are, and who decides them."""

from django.db.models import Q

from anlan.base.errors import NotFound
from anlan.outcomes.appeals import stands_above
from anlan.staff.permissions import allowing
from anlan.staff.terms import Action
from anlan.store.models import ScoreAppeal
from anlan.store.readers.staff import Acting, scope_q


def appeals(acting: Acting) -> list[ScoreAppeal]:
    """The appeals that this person may see, undecided ones first."""
    seen = scope_q(acting, Action.VIEW_SCORES)
    rows = ScoreAppeal.objects.filter(seen).select_related("case", "unit", "run")
    return list(rows.order_by("-accepted", "-made_at")[:200]) if seen != Q() else []


def appeal(acting: Acting, appeal_id: int) -> ScoreAppeal:
    """One appeal; raises NotFound unless this person may see it."""
    rows = ScoreAppeal.objects.filter(scope_q(acting, Action.VIEW_SCORES), pk=appeal_id)
    found = rows.select_related("case", "unit", "run").first()
    if found is None:
        raise NotFound
    return found


def may_decide(acting: Acting, found: ScoreAppeal) -> bool:
    """May this person decide the appeal: another than who made it, by a role in a unit above?"""
    roles = allowing(acting.memberships, Action.DECIDE_APPEAL, found)
    above = any(stands_above(role.unit_path, found.unit_path) for role in roles)
    return above and found.made_by_id != acting.user.pk
