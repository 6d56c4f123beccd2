"""Tables of proof: who saw that a hazard is gone, who was drawn to see it, and what came back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.cases.drawing import Purpose
from anlan.cases.satisfaction import Effect
from anlan.cases.terms import VerificationKind
from anlan.staff.terms import Role
from anlan.store.models.cases import Case, CaseEvent, Category, Report
from anlan.store.models.columns import subtree_index, word
from anlan.store.models.places import Area
from anlan.store.models.staff import Unit, User


class Verification(models.Model):
    """Somebody or something from outside the responsible unit saw the place after the rectification."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verifications")
    kind = word(VerificationKind)
    passed = models.BooleanField()
    at = models.DateTimeField()
    rectified_at = models.DateTimeField()  # the rectification that was looked at
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    role = word(Role, blank=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="+")  # of a resident
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.JSONField(default=dict)  # photos, or readings, or the answer

    class Meta:
        indexes = (models.Index(fields=("case", "at"), name="verification_case"),)


class DrawSeed(models.Model):
    """The secret seed of the city's draws; its commitment is public, the seed is for auditors."""

    seed = models.BinaryField(max_length=32)
    commitment = models.CharField(max_length=64)
    made_at = models.DateTimeField()


class Draw(models.Model):
    """A draw with all that repeats it. Rows are only ever added."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="draws")
    purpose = word(Purpose)
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    seed = models.ForeignKey(DrawSeed, on_delete=models.PROTECT, related_name="+")
    commitment = models.CharField(max_length=64)
    unit_path = models.CharField(max_length=200, blank=True)  # of the responsible unit at that time
    eligible = models.JSONField(default=list)  # names as in cases/drawing.py, sorted
    digest = models.CharField(max_length=64)
    most = models.PositiveSmallIntegerField()
    result = models.JSONField(default=list)
    percent = models.PositiveSmallIntegerField(null=True)  # of a second check: the share that is drawn
    reason = models.TextField(blank=True)  # of a draw that was asked for anew

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "purpose", "round"), name="drawn_once_a_round"),
        )


class CaseSensor(models.Model):
    """A sensor that shows when the hazard of a case is gone, and between which values nothing is wrong."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sensors")
    series = models.ForeignKey("store.Series", on_delete=models.PROTECT, related_name="+")
    lowest = models.FloatField(null=True)  # None: however low
    highest = models.FloatField(null=True)
    named_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "series"), name="case_sensor_once"),
            models.CheckConstraint(
                condition=models.Q(lowest__isnull=False) | models.Q(highest__isnull=False),
                name="case_sensor_says_what_is_normal",
            ),
        )


class SecondCheck(models.Model):
    """A case closed by a sensor or a reporter's word that a person looks at once more."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="second_checks")
    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="second_check")
    pool = ArrayField(models.BigIntegerField(), default=list)  # memberships
    rectified_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=models.Q(done_at=None), name="one_second_check_at_a_time"
            ),
        )
        indexes = (
            models.Index(fields=("due_at", "id"), condition=models.Q(done_at=None), name="second_check_open"),
        )


class ResidentAnswer(models.Model):
    """What a reporter said of the result, one answer a report; a changed one is in the case's history too."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="answer")
    satisfied = models.BooleanField()
    why = models.TextField(blank=True)
    at = models.DateTimeField()
    effect = word(Effect)
    has_reopened = models.BooleanField(default=False)  # this report reopened the case once

    class Meta:
        indexes = (models.Index(fields=("at",), name="resident_answer_at"),)


class ReturningPlace(models.Model):
    """A place to which a hazard came back; it lies where the first of its cases lay."""

    first = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="returning_place")
    family = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    returns = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = (
            subtree_index("area_path", "returning_area"),
            models.Index(fields=("-returns", "-id"), name="returning_most"),
        )


class Recurrence(models.Model):
    """A case that is a closed one come back; undone, the row stays and says by whom and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recurrences")
    earlier = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="came_back")
    place = models.ForeignKey(ReturningPlace, on_delete=models.PROTECT, related_name="recurrences")
    metres = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=models.Q(undone_at=None), name="recurs_once_at_a_time"
            ),
        )
