"""Tables of work with many cases at once: bulk steps, saved searches, exports."""

from uuid import uuid4

from django.db import models

from anlan.cases.bulk import WAITING
from anlan.cases.terms import Step
from anlan.store.models.columns import word


class BulkRun(models.Model):
    """One step for many cases: first a preview, and once confirmed, work that goes on by itself."""

    user = models.ForeignKey("store.User", on_delete=models.CASCADE, related_name="+")
    step = word(Step)
    made_at = models.DateTimeField()
    left_over = models.PositiveIntegerField(default=0)  # cases beyond the most that fit
    words = models.JSONField(default=dict)  # what the step asks: reason, unit_code, review_at
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-id"), name="bulk_of_user"),
            models.Index(
                fields=("confirmed_at",), condition=models.Q(finished_at=None), name="bulk_unfinished"
            ),
        )


class BulkRow(models.Model):
    """What became of one case of a run; `version` is the one that the person was shown."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey("store.Case", on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, default=WAITING)
    why = models.CharField(max_length=40, blank=True)  # as in Refused; of a waiting row, why it cannot
    facts = models.JSONField(default=dict)  # that fill the sentence of `why`

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "case"), name="bulk_case_once"),)
        indexes = (
            models.Index(fields=("run", "id"), condition=models.Q(outcome=WAITING), name="bulk_waiting"),
        )


class SavedSearch(models.Model):
    """The filters of a queue under a name, of one member, perhaps shared with their unit."""

    user = models.ForeignKey("store.User", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(
        "store.Unit", on_delete=models.CASCADE, null=True, related_name="+"
    )  # shared with
    name = models.CharField(max_length=60)
    filters = models.JSONField()  # as they stand in the address

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="search_name_once"),)
        indexes = (models.Index(fields=("unit",), name="search_of_unit"),)


class Export(models.Model):
    """A file of the cases that fit filters: asked for, being written, there, or gone."""

    key = models.UUIDField(unique=True, default=uuid4)  # names the file
    user = models.ForeignKey("store.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4)  # csv, xlsx
    filters = models.JSONField()
    asked_at = models.DateTimeField()
    claim = models.UUIDField(null=True)  # who writes it; another who takes over has another one
    claimed_until = models.DateTimeField(null=True)  # past this, they died
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)  # that ended in a fault of the machine
    rows = models.PositiveIntegerField(default=0)  # written so far
    finished_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=40, blank=True)  # why there is no file, as in Refused
    bytes = models.BigIntegerField(default=0)
    kept_until = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-id"), name="export_of_user"),
            models.Index(
                fields=("id",), condition=models.Q(finished_at=None, failed=""), name="export_unfinished"
            ),
        )
