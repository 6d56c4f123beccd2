"""Questions about the tasks of cases in which several units act."""

from datetime import datetime

from django.db.models import Q

from anlan.cases.states import ENDED
from anlan.cases.task_states import TaskState
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseTask
from anlan.store.readers.staff import Acting, inside_q, scope_q

MOST = 60


def task_in(case: Case, task_id: int) -> CaseTask | None:
    """A task of this case; None without such a one."""
    return case.tasks.select_related("unit").filter(pk=task_id).first()


def tasks_waiting(acting: Acting, now: datetime) -> list[CaseTask]:
    """Tasks that wait for this person, the most urgent first, in one query; at most MOST.

    Those of their units to be done, and those of others to be verified by who was drawn; tasks of ended cases
    rest.
    """
    to_do = Q(state__in=[TaskState.GIVEN, TaskState.IN_PROGRESS]) & scope_q(acting, Action.HANDLE)
    held = [membership.pk for membership in acting.memberships]
    drawn = Q(drawn_verifiers=[]) | Q(drawn_verifiers__overlap=held)
    shut = inside_q(acting) | Q(rectified_by=acting.user.pk)
    to_verify = Q(state=TaskState.RECTIFIED) & scope_q(acting, Action.VERIFY) & drawn & ~shut
    found = CaseTask.objects.filter(to_do | to_verify).exclude(case__state__in=sorted(ENDED))
    return list(found.select_related("case", "unit").order_by("due_at", "pk")[:MOST])
