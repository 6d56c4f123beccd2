"""Tables of the Open311 interface: columns and constraints, no decisions."""

from django.db import models

from anlan.publishing.open311.terms import Datatype
from anlan.store.models.columns import word


class ServiceAttribute(models.Model):
    """What the service of a category asks besides words and place."""

    category = models.ForeignKey("store.Category", on_delete=models.CASCADE, related_name="attributes_asked")
    code = models.CharField(max_length=40)
    datatype = word(Datatype)
    required = models.BooleanField(default=False)
    variable = models.BooleanField(default=True)  # False: shown, asks for nothing
    order = models.PositiveSmallIntegerField(default=1)
    description_zh = models.CharField(max_length=200)
    description_en = models.CharField(max_length=200)
    datatype_description = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=list)  # of a list: [[key, name zh, name en], ...]

    class Meta:
        constraints = (models.UniqueConstraint(fields=("category", "code"), name="attribute_once"),)


class SentRequest(models.Model):
    """A report that another system sent, and what it said beyond words and place, for staff alone."""

    report = models.OneToOneField("store.Report", on_delete=models.CASCADE, related_name="sent")
    key = models.ForeignKey("store.ApiKey", on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)  # of the service's attributes; code: value, or a list of keys
    media_url = models.URLField(max_length=500, blank=True)  # never fetched by us
    token = models.UUIDField(unique=True, null=True)  # of a service of type batch


class KeyUse(models.Model):
    """How often a key was used in an hour."""

    key = models.ForeignKey("store.ApiKey", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "hour"), name="key_use_once"),)
