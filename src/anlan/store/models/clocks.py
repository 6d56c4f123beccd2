"""Tables of the clocks that run on cases: what was promised, what holds now, when it ended."""

from django.conf import settings
from django.db import models

from anlan.cases.escalation import Rung
from anlan.cases.limits import TimeUnit
from anlan.cases.task_states import CLOCKS
from anlan.cases.terms import CHECK, TOTAL, Severity, Stage
from anlan.store.models.cases import Case, Category
from anlan.store.models.columns import choices, word

STAGES = [*choices(Stage), (CHECK, CHECK), (TOTAL, TOTAL)]
CLOCK_NAMES = [*STAGES, *((name, name) for name in CLOCKS.values())]
RUNNING = models.Q(ended_at=None, paused_at=None)


class StageLimit(models.Model):
    """How long a stage of a category's cases may take, the whole ("total") or the check of a new report
    ("check"), instead of the plain hours.
    """

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="stage_limits")
    severity = word(Severity, blank=True)  # "" for any
    stage = models.CharField(max_length=24, choices=STAGES)
    amount = models.PositiveIntegerField()
    unit = word(TimeUnit)
    amber_percent = models.PositiveSmallIntegerField(default=67)  # near its end from then on

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("category", "severity", "stage"), name="one_limit_a_stage"),
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="limit_is_not_nothing"),
            models.CheckConstraint(
                condition=models.Q(amber_percent__range=(1, 100)), name="amber_is_within_the_limit"
            ),
        )


class StageClock(models.Model):
    """One stage of a case from its beginning to its end, the whole case (stage "total"), the first look at a
    new report ("check"), or a stage of another unit's task in it ("task_handle", "task_verify").

    A case that comes to a stage again (rework, another unit) has a row for each time.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="clocks")
    task = models.ForeignKey(
        "store.CaseTask", on_delete=models.PROTECT, null=True, db_index=False, related_name="clocks"
    )
    stage = models.CharField(max_length=24, choices=CLOCK_NAMES)
    unit = models.ForeignKey(
        "store.Unit", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    unit_path = models.CharField(max_length=200, blank=True)  # of the unit it waits for; "" at the desk
    began_at = models.DateTimeField()
    promised_due_at = models.DateTimeField(null=True)  # as at the beginning, for ever; None: nothing promised
    due_at = models.DateTimeField(null=True)  # with the pauses until now and what people changed since
    amount = models.PositiveIntegerField(null=True)  # what was promised: so many ...
    time_unit = word(TimeUnit, default=TimeUnit.EMERGENCY_HOURS, db_default="emergency hours")  # ... of these
    ended_at = models.DateTimeField(null=True)
    near_at = models.DateTimeField(null=True)  # from when on it is near its end
    rung = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # see cases/escalation.py: how far up it was told
    paused_at = models.DateTimeField(null=True)  # while the case is parked or joined to another

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "stage"),
                condition=models.Q(ended_at=None, task=None),
                name="one_clock_a_stage",
            ),
            models.UniqueConstraint(
                fields=("task",),
                condition=models.Q(ended_at=None, task__isnull=False),
                name="one_clock_a_task",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                name="clock_ends_after_it_began",
            ),
        )
        indexes = (
            models.Index(fields=("case", "began_at"), name="clock_case"),
            models.Index(fields=("task",), condition=~models.Q(task=None), name="clock_task"),
            models.Index(fields=("unit",), condition=models.Q(unit__isnull=False), name="clock_unit"),
            models.Index(
                fields=("near_at", "id"),
                condition=RUNNING & models.Q(rung__lt=int(Rung.CITY)),
                name="clock_near",
            ),
            models.Index(
                fields=("due_at", "case"), condition=models.Q(stage="handle"), name="clock_handle_due"
            ),
            models.Index(fields=("ended_at",), condition=~models.Q(ended_at=None), name="clock_ended"),
        )


class Escalation(models.Model):
    """One rung that a stage reached: once each, whoever sweeps how often."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations")
    clock = models.ForeignKey(StageClock, on_delete=models.PROTECT, related_name="escalations")
    rung = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    hears = models.BooleanField()  # False: a higher rung was due already when somebody looked
    told_at = models.DateTimeField(null=True)
    told_unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    told_rung = models.PositiveSmallIntegerField(
        null=True
    )  # a higher one, where this has nobody; 0: nobody at all

    class Meta:
        constraints = (models.UniqueConstraint(fields=("clock", "rung"), name="each_rung_once"),)
        indexes = (
            models.Index(fields=("case", "at"), name="escalation_case"),
            models.Index(
                fields=("id",), condition=models.Q(hears=True, told_at=None), name="escalation_untold"
            ),
        )


class Extension(models.Model):
    """More time that a unit asked for, and what somebody else answered; `due_before` keeps the old end."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="extensions")
    clock = models.ForeignKey(StageClock, on_delete=models.PROTECT, related_name="extensions")
    amount = models.PositiveIntegerField()
    time_unit = word(TimeUnit)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("clock",), condition=models.Q(answered_at=None), name="one_extension_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by=None) | ~models.Q(answered_by=models.F("asked_by")),
                name="extension_answered_by_another",
            ),
        )


class ClockPause(models.Model):
    """A time in which all clocks of a case stood still."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=models.Q(ended_at=None), name="one_pause_at_a_time"
            ),
        )
