"""Tables of who is told of a warning: columns and constraints, no decisions."""

from uuid import uuid4

from django.db import models

from anlan.sensing.telling import NotSent, TellWay
from anlan.store.models.columns import word

UNSENT = models.Q(sent_at=None, dead_at=None, why_not="")


class WarningDelivery(models.Model):
    """A message of a warning on its way to one receiver: waiting, sent, dead, or not sent and why."""

    key = models.UUIDField(unique=True, default=uuid4)  # sent twice, the receiver knows it as one
    warning = models.ForeignKey("store.Warning", on_delete=models.CASCADE, related_name="deliveries")
    chain = models.ForeignKey("store.Warning", on_delete=models.CASCADE, related_name="+")  # the first
    way = word(TellWay)
    receiver = models.CharField(max_length=40)  # "follow:3", "user:12", "webhook:5"
    follow = models.ForeignKey("store.Follow", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey("store.User", on_delete=models.CASCADE, null=True, related_name="+")
    webhook = models.ForeignKey("store.Webhook", on_delete=models.CASCADE, null=True, related_name="+")
    urgent = models.BooleanField(default=False)  # red: before all others, and through quiet hours
    send_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)  # somebody is sending it; past this, they died
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    why_not = word(NotSent, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("warning", "way", "receiver"), name="warning_told_once"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(dead_at=None, why_not=""),
                name="warning_sent_or_dead",
            ),
        )
        indexes = (
            models.Index(fields=("-urgent", "send_at", "id"), condition=UNSENT, name="warning_told_waiting"),
            models.Index(fields=("chain", "receiver", "way", "id"), name="warning_told_chain"),
        )
