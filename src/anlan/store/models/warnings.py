"""Tables of warnings to people, and of drills."""

from django.db import models

from anlan.sensing.terms import Colour, MessageKind, MessageStatus, WarningState, WarningStep
from anlan.store.models.columns import subtree_index, word


class Warning(models.Model):
    """One message to people, as CAP has it; a later message about the same follows it."""

    identifier = models.CharField(max_length=80, unique=True)
    kind = word(MessageKind, default=MessageKind.ALERT)
    status = word(MessageStatus)
    state = word(WarningState, default=WarningState.DRAFT)
    colour = word(Colour)
    category = models.CharField(max_length=16)  # a category of CAP, such as Met
    urgency = models.CharField(max_length=16)
    certainty = models.CharField(max_length=16)
    event_zh = models.CharField(max_length=100)
    event_en = models.CharField(max_length=100, blank=True)
    headline_zh = models.CharField(max_length=200)
    headline_en = models.CharField(max_length=200, blank=True)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    instruction_zh = models.TextField(blank=True)
    instruction_en = models.TextField(blank=True)
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="warnings")
    area_path = models.CharField(max_length=120)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, related_name="warnings")
    unit_path = models.CharField(max_length=200)
    alarm = models.ForeignKey("store.Alarm", on_delete=models.PROTECT, null=True, related_name="warnings")
    template = models.ForeignKey(  # whose words it began with
        "store.WarningTemplateVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    polygon = models.JSONField(default=list, blank=True)  # [[lat, lng], ...], closed; none: the whole area
    onset = models.DateTimeField()
    expires = models.DateTimeField()
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
    references = models.TextField(blank=True)  # of CAP: every message before it
    sender = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    document = models.TextField(blank=True)  # the message as it left; empty before

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(expires__gt=models.F("onset")), name="warning_ends_after_onset"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "waiting", "dropped"])
                | (models.Q(sent_at__isnull=False) & ~models.Q(document="")),
                name="issued_warning_has_document",
            ),
            models.UniqueConstraint(
                fields=("follows",),
                condition=~models.Q(state="dropped"),
                name="one_message_follows",
            ),
        )
        indexes = (
            subtree_index("area_path", "warning_area"),
            models.Index(fields=("expires",), condition=models.Q(state="issued"), name="warning_in_force"),
        )


class WarningEvent(models.Model):
    """What happened to a message. Rows are only ever added."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    step = word(WarningStep)
    note = models.CharField(max_length=500, blank=True)


class Drill(models.Model):
    """A drill in an area, from when to when: while it runs nothing there is issued as the real thing."""

    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="drills")
    area_path = models.CharField(max_length=120)
    words = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("area",), condition=models.Q(ended_at=None), name="one_open_drill"
            ),
        )
