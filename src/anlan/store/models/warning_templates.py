"""Tables of what a warning says before anybody wrote it: columns and constraints, no decisions."""

from django.db import models

from anlan.sensing.terms import Colour
from anlan.store.models.columns import word


class WarningTemplate(models.Model):
    """The words for the alarms of one kind of device, or of any, in one colour; see the version in force."""

    device_kind = models.ForeignKey("store.DeviceKind", on_delete=models.PROTECT, null=True, related_name="+")
    colour = word(Colour)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("device_kind", "colour"), nulls_distinct=False, name="template_once"
            ),
        )


class WarningTemplateVersion(models.Model):
    """A template as it was from one moment on, who made it so, and why. Rows are only ever added."""

    template = models.ForeignKey(WarningTemplate, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()  # as sensing/warning_templates.py has it
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("template", "version"), name="template_version_once"),)
