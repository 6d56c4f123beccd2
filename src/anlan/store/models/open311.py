"""Tables of the Open311 interface: columns and constraints, no decisions."""

from uuid import uuid4

from django.db import models

from anlan.publishing.open311.terms import Datatype, PhotosAs
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
    """A report that another system sent, by which key, with which link."""

    report = models.OneToOneField("store.Report", on_delete=models.CASCADE, related_name="sent")
    key = models.ForeignKey("store.ApiKey", on_delete=models.PROTECT, related_name="+")
    media_url = models.URLField(max_length=500, blank=True)  # never fetched by us
    token = models.UUIDField(unique=True, null=True)  # of a service of type batch


class KeyUse(models.Model):
    """How often a key was used in an hour."""

    key = models.ForeignKey("store.ApiKey", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "hour"), name="key_use_once"),)


class OtherCity(models.Model):
    """Another city's Open311 server: where accepted cases of a category go, and whose requests come here."""

    name = models.CharField(max_length=60, unique=True)
    address = models.URLField(max_length=300)  # up to /v2
    form = models.CharField(max_length=4, choices=[("json", "json"), ("xml", "xml")], default="json")
    jurisdiction_id = models.CharField(max_length=100, blank=True)
    api_key = models.CharField(max_length=200, blank=True)  # theirs, for us; shown to nobody again
    category = models.ForeignKey("store.Category", on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=100)  # what they call it
    sends = models.BooleanField(default=True)
    fetches = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    since = models.DateTimeField()  # cases opened before it stay here
    fetched_at = models.DateTimeField(null=True)  # up to when their requests came here
    photos_as = word(
        PhotosAs, blank=True, default="", db_default=""
    )  # how photos that the public sees go along; "": not
    gives_updates = models.BooleanField(null=True)  # of requests one by one; null: not asked yet
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)  # failed since it answered ...
    rest_until = models.DateTimeField(null=True)  # ... and until when it is left alone
    last_error = models.CharField(max_length=200, blank=True, default="", db_default="")


class HandedOver(models.Model):
    """A case on its way to another city, there, or a dead letter; or one that came from there."""

    city = models.ForeignKey(OtherCity, on_delete=models.CASCADE, related_name="handed_over")
    case = models.ForeignKey("store.Case", on_delete=models.CASCADE, related_name="handed_over")
    came = models.BooleanField(default=False, db_default=False)  # from there: only asked after
    key = models.UUIDField(unique=True, default=uuid4)  # sent twice, they may know it as one
    send_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    their_id = models.CharField(max_length=100, blank=True)
    their_token = models.CharField(max_length=100, blank=True)
    their_status = models.CharField(max_length=20, blank=True)
    their_notes = models.CharField(max_length=500, blank=True)
    their_said = models.JSONField(default=dict, db_default={})  # other fields of theirs that may change
    ask_at = models.DateTimeField(null=True)  # when it is asked after next; null: not, or no more
    ask_tries = models.PositiveSmallIntegerField(default=0, db_default=0)  # in vain, one after the other
    sent_photos = models.JSONField(default=list, db_default=[])  # ids of covered photos that went there
    ended_at = models.DateTimeField(null=True)  # closed there: it is asked after no more

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("city", "case"), name="handed_over_once"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(dead_at=None), name="handed_over_sent_or_dead"
            ),
        )
        indexes = (
            models.Index(
                fields=("send_at", "id"),
                condition=models.Q(sent_at=None, dead_at=None),
                name="handed_over_waiting",
            ),
        )


class HeardUpdate(models.Model):
    """An update of a case that is elsewhere, so that it is written down once."""

    handed_over = models.ForeignKey(HandedOver, on_delete=models.CASCADE, related_name="updates")
    update_id = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("handed_over", "update_id"), name="heard_update_once"),
        )
