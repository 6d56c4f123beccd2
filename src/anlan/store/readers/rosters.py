"""Rosters as pages show them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from anlan.base.errors import NotFound
from anlan.staff.terms import Action
from anlan.store.models import Shift
from anlan.store.readers.staff import Acting, scope_q, scope_roots
from anlan.store.readers.warnings import above

AHEAD = timedelta(days=14)
MOST = 300


def shifts_of(acting: Acting, now: datetime) -> Sequence[Shift]:
    """Shifts within two weeks in the areas of this person and those over them, the first first; one query."""
    mine = scope_q(acting, Action.VIEW_ALARMS, unit=None)
    over = [path for root in scope_roots(acting, Action.VIEW_ALARMS) for path in above(root)]
    found = Shift.objects.filter(mine | Q(area_path__in=over)).filter(ends__gt=now, begins__lt=now + AHEAD)
    shown = found.select_related("area", "unit", "user", "stand_in").defer("area__boundary")
    return list(shown.order_by("begins", "area_path", "pk")[:MOST])


def one_shift(acting: Acting, shift_id: int) -> Shift:
    """A shift that this person may change. Raises NotFound."""
    mine = Shift.objects.filter(scope_q(acting, Action.MANAGE_ROSTERS, unit=None), pk=shift_id)
    shift = mine.select_related("stand_in").first()
    if shift is None:
        raise NotFound
    return shift
