"""The row of a case, locked for whoever takes a step: the first question of every step."""

from anlan.staff.terms import Action
from anlan.store.models import Area, Case, Category, Unit
from anlan.store.readers.gathered import Gathered, Whole
from anlan.store.readers.prepared import Given
from anlan.store.readers.staff import Acting, given_scope, in_scope

_CASE = Whole(
    Case,
    without=("words",),
    category=Whole(Category, parent=Whole(Category)),
    area=Whole(Area, without=("boundary",)),
    unit=Whole(Unit),
)
_LOCKED = Gathered(
    "store_case",
    cases=lambda: Case.objects.filter(in_scope(), pk=Given("case")).values_list(*_CASE.names()),
)


def locked_case(acting: Acting, case_id: int) -> Case | None:
    """The case, locked until the transaction ends, if this person may see it; with category, area and unit.

    Like every lock on a case it leaves the key free, so that rows which name the case can be added meanwhile:
    the sweep holds clocks while it adds some, see docs/decisions/0024.
    """
    found = _LOCKED(case=case_id, **given_scope(acting, Action.VIEW_CASE))["cases"]
    if not found:
        return None
    case = _CASE.made(found[0])
    case.remember()
    return case
