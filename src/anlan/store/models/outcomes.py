"""Tables of the room `outcomes`."""

from django.db import models

from anlan.store.models.columns import subtree_index


class Incident(models.Model):
    """A harm that happened: kind, place, time, counts; no names."""

    kind = models.CharField(max_length=24)  # collision, fire, drowning, theft, ...
    at = models.DateTimeField()
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, null=True, related_name="+")
    area_path = models.CharField(max_length=120, blank=True)
    lng = models.FloatField(null=True)  # WGS-84; none when the source had no place
    lat = models.FloatField(null=True)
    injured = models.PositiveIntegerField(default=0)
    killed = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=40)
    source_key = models.BinaryField(max_length=16)  # digest of the row: imported twice, stored once

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "source_key"), name="incident_once"),)
        indexes = (
            subtree_index("area_path", "incident_area"),
            models.Index(fields=("kind", "at"), name="incident_kind_at"),
        )
