"""What was brought in from outside, when and by whom."""

from django.db import models


class ImportRun(models.Model):
    """One run of an importer."""

    kind = models.CharField(max_length=24)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    counts = models.JSONField(default=dict)  # {"added": 3, "unchanged": 1, "odd": 2}
    odd_rows = models.JSONField(default=list)  # [{"row", "column", "value", "right"}], up to 100
