"""Questions about the tasks of cases in which several units act."""

from datetime import datetime

from django.db.models import Q

from anlan.cases.states import ENDED
from anlan.cases.task_states import TaskState
from anlan.staff.terms import Action
from anlan.store.models import CaseTask
from anlan.store.readers.staff import NOTHING, Acting, scope_q

MOST = 60


def tasks_waiting(acting: Acting, now: datetime) -> list[CaseTask]:
    """Tasks that wait for this person, the most urgent first, in one query; at most MOST.

    Those of their units to be done, and those of others to be verified; tasks of ended cases rest.
    """
    inside = NOTHING
    for membership in acting.memberships:
        inside |= Q(unit_path__startswith=membership.unit_path)
    to_do = Q(state__in=[TaskState.GIVEN, TaskState.IN_PROGRESS]) & scope_q(acting, Action.HANDLE)
    to_verify = Q(state=TaskState.RECTIFIED) & scope_q(acting, Action.VERIFY) & ~inside
    found = CaseTask.objects.filter(to_do | to_verify).exclude(case__state__in=sorted(ENDED))
    return list(found.select_related("case", "unit").order_by("due_at", "pk")[:MOST])
