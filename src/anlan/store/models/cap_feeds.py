"""Tables of other senders' warnings: where they come from, what was heard, what it raises."""

from django.db import models

from anlan.sensing.hearing import HeardState
from anlan.sensing.terms import Colour
from anlan.store.models.columns import subtree_index, word


class CapFeed(models.Model):
    """An address at which another sender, of weather or water, publishes its warnings."""

    name = models.CharField(max_length=60, unique=True)
    address = models.URLField(max_length=500)
    active = models.BooleanField(default=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # when it was last read, or had nothing new
    tries = models.PositiveSmallIntegerField(default=0)  # failed ones since then
    next_at = models.DateTimeField(null=True)  # None: at once
    last_error = models.CharField(max_length=300, blank=True)


class FeedRule(models.Model):
    """Which warnings of a feed raise an alarm here; empty columns ask nothing."""

    feed = models.ForeignKey(CapFeed, on_delete=models.CASCADE, related_name="rules")
    words = models.CharField(max_length=100, blank=True)  # that the event or the headline holds
    category = models.CharField(max_length=16, blank=True)  # of CAP
    least = word(Colour)  # this colour or worse
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)  # the alarm is raised for what lies in it
    severity = word(Colour, blank=True)  # of the alarm; "" for that of the warning


class HeardWarning(models.Model):
    """One message of another sender as it came, or what came instead of one, with its faults."""

    feed = models.ForeignKey(CapFeed, on_delete=models.CASCADE, related_name="heard")
    entry = models.CharField(max_length=64)  # of the feed's entry: SHA-256 of what names it
    state = word(HeardState)
    identifier = models.CharField(max_length=300, blank=True)
    sender = models.CharField(max_length=300, blank=True)
    sent = models.DateTimeField(null=True)
    kind = models.CharField(max_length=16, blank=True)  # msgType
    status = models.CharField(max_length=16, blank=True)
    colour = word(Colour, blank=True)
    category = models.CharField(max_length=16, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    words = models.JSONField(default=dict)  # {"zh": {"event", "headline", ...}, "en": {...}}
    places = models.CharField(max_length=500, blank=True)  # as its sender calls them
    polygons = models.JSONField(default=list)  # [[[lat, lng], ...], ...]; circles drawn as polygons
    onset = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    references = models.JSONField(default=list)  # the messages it is about: [[sender, identifier], ...]
    chain = models.BigIntegerField(null=True)  # the first message of it that was heard
    web = models.CharField(max_length=500, blank=True)
    document = models.TextField(blank=True)
    faults = models.JSONField(default=list)  # [[path, message], ...]
    heard_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("feed", "entry"), name="heard_entry_once"),
            models.UniqueConstraint(
                fields=("sender", "identifier"),
                condition=~models.Q(identifier=""),
                name="heard_message_once",
            ),
        )
        indexes = (
            models.Index(fields=("expires",), condition=models.Q(state="in_force"), name="heard_in_force"),
            models.Index(fields=("feed", "-heard_at"), name="heard_newest"),
            models.Index(fields=("chain",), name="heard_chain"),
        )


class HeardArea(models.Model):
    """An area of ours that a message of another sender is about."""

    heard = models.ForeignKey(HeardWarning, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey("store.Area", on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("heard", "area"), name="heard_area_once"),)
        indexes = (subtree_index("area_path", "heard_area"),)
