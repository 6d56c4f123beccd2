"""Tables of the room `places`."""

from django.db import models

from anlan.places.terms import Crs, Level, SiteKind
from anlan.store.models.columns import subtree_index, word


class Area(models.Model):
    """A node of the tree city > county > township > village, with its official code."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    level = word(Level)
    kind = models.CharField(max_length=24, blank=True)  # as published: 街道, 镇, 乡, 村, 社区
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=120, unique=True)  # codes from the root, each followed by a dot
    valid_from = models.DateField(null=True)  # the first day in use
    valid_to = models.DateField(null=True)  # the last day in use
    in_use = models.BooleanField(default=True, db_default=True)  # today; turned by flows/turn_areas.py
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    lng = models.FloatField(null=True)  # WGS-84, a point to put the name at
    lat = models.FloatField(null=True)
    boundary = models.BinaryField(null=True)  # WKB of a MultiPolygon, WGS-84
    boundary_crs = word(Crs, blank=True)  # what the source used, before it was converted
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="area_ends_after_it_began",
            ),
        )
        indexes = (
            subtree_index("path", "area_subtree"),
            models.Index(
                fields=("valid_to",),
                condition=models.Q(in_use=True, valid_to__isnull=False),
                name="area_ends",
            ),
        )


class Site(models.Model):
    """A place with a hazard kind."""

    code = models.CharField(max_length=64, unique=True)
    kind = word(SiteKind)
    name = models.CharField(max_length=200)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="sites")
    area_path = models.CharField(max_length=120)  # as area.path, for the subtree index
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, null=True, related_name="sites")
    unit_path = models.CharField(max_length=200, blank=True)
    lng = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    source_crs = word(Crs, default=Crs.WGS84)
    in_use = models.BooleanField(default=True)
    attributes = models.JSONField(default=dict)

    class Meta:
        indexes = (
            subtree_index("area_path", "site_subtree"),
            models.Index(fields=("kind", "id"), name="site_kind"),
        )
