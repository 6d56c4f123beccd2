"""The table of tasks: what other units than the leading one do for a case."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.cases.task_states import ENDED, TaskState, clock_of
from anlan.store.models.cases import Case
from anlan.store.models.columns import subtree_index, word

OPEN_TASK = ~models.Q(state__in=sorted(ENDED))


class CaseTask(models.Model):
    """One unit's part of a case, with a clock of its own: see StageClock.task."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, related_name="tasks")
    unit_path = models.CharField(max_length=200)
    area_path = models.CharField(max_length=120)  # as of the case
    what = models.TextField()
    state = word(TaskState, default=TaskState.GIVEN)
    given_at = models.DateTimeField()
    stage_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # end of the stage, as on its clock; none when the task ended
    near_at = models.DateTimeField(null=True)  # from when on it is near that
    rectified_at = models.DateTimeField(null=True)
    rectified_by = models.ForeignKey(
        "store.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )  # who did so last, and so may not verify it
    ended_at = models.DateTimeField(null=True)
    rework_count = models.PositiveSmallIntegerField(default=0)
    drawn_verifiers = ArrayField(
        models.BigIntegerField(), default=list, db_default=[]
    )  # memberships; none: any

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "unit"), condition=OPEN_TASK, name="one_open_task_of_a_unit"
            ),
        )
        indexes = (
            subtree_index("unit_path", "task_unit"),
            models.Index(fields=("due_at", "id"), condition=OPEN_TASK, name="task_open_due"),
        )

    @property
    def clock_name(self) -> str:
        """The name of the clock that runs now; "" when the task ended."""
        return clock_of(self.state)
