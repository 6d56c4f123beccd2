"""Tables of who acts: versions of the rules, and who is named as responsible."""

from django.db import models

DRAFT = models.Q(put_in_force_at=None)


class RoutingVersion(models.Model):
    """A list of rules: a draft, or one that was put in force; a trigger keeps the latter as it is."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField(default=list)  # in their order, each as cases/rule_tables.py keeps it
    revision = models.PositiveIntegerField(default=0)  # of a draft: the second of two who edit is told
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    check_report = models.JSONField(null=True)  # {"revision", "at", "findings": [[flaw, number, facts]]}
    dry_run = models.JSONField(null=True)  # {"revision", "at", "looked_at", "moves": [...]}
    in_force_from = models.DateTimeField(null=True)
    put_in_force_at = models.DateTimeField(null=True)
    put_in_force_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("put_in_force_at",), condition=DRAFT, nulls_distinct=False, name="one_draft_at_a_time"
            ),
            models.CheckConstraint(
                condition=DRAFT | models.Q(in_force_from__isnull=False), name="in_force_says_from_when"
            ),
        )


class Responsibility(models.Model):
    """Which unit is named for a category, or for all of a family, in an area of its level."""

    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("store.Category", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, related_name="responsibilities")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("area", "category"), name="one_named_unit"),)
