"""Tables of what people and other systems are told: columns and constraints, no decisions."""

from uuid import uuid4

from django.db import models

from anlan.cases.notices import NoticeKind
from anlan.staff.notices import Way
from anlan.store.models.columns import subtree_index, word
from anlan.store.models.staff import User

WAITING = models.Q(sent_at=None, dead_at=None)


class Notice(models.Model):
    """One event as one member is told it, in the list on their own pages."""

    user = models.ForeignKey("store.User", on_delete=models.CASCADE, related_name="notices")
    case = models.ForeignKey("store.Case", on_delete=models.CASCADE, null=True, related_name="+")
    event = models.ForeignKey("store.CaseEvent", on_delete=models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(
        "store.HeldGroup", on_delete=models.CASCADE, null=True, related_name="+"
    )  # of reports that wait, which are no case yet
    kind = word(NoticeKind)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "event"), name="notice_once"),
            models.UniqueConstraint(fields=("user", "group", "kind"), name="notice_of_group_once"),
            models.CheckConstraint(
                condition=models.Q(case__isnull=False, event__isnull=False, group=None)
                | models.Q(case=None, event=None, group__isnull=False),
                name="notice_of_case_or_group",
            ),
        )
        indexes = (
            models.Index(fields=("user", "-id"), name="notice_list"),
            models.Index(fields=("user",), condition=models.Q(seen_at=None), name="notice_unseen"),
        )


class NoticeChoice(models.Model):
    """How a member wants to be told; the phone is theirs, given for this."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notice_choice")
    by_email = models.JSONField(default=list)  # kinds of notices
    by_sms = models.JSONField(default=list)
    phone = models.CharField(max_length=32, blank=True)
    digest_at = models.TimeField(null=True)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)


class Webhook(models.Model):
    """Another system that hears of every event of cases in an area."""

    name = models.CharField(max_length=60, unique=True)
    address = models.URLField(max_length=300)
    secret = models.CharField(max_length=100)  # signs what is sent; shown once
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = (subtree_index("area_path", "webhook_area"),)


class Delivery(models.Model):
    """One event on its way to one receiver: waiting, sent, or a dead letter."""

    key = models.UUIDField(unique=True, default=uuid4)  # sent twice, the receiver knows it as one
    event = models.ForeignKey("store.CaseEvent", on_delete=models.CASCADE, null=True, related_name="+")
    case = models.ForeignKey("store.Case", on_delete=models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey("store.HeldGroup", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=24)  # of notice; of a webhook, the event's step
    way = word(Way)
    receiver = models.CharField(max_length=40)  # "user:12", "unit:5", "webhook:3"
    user = models.ForeignKey("store.User", on_delete=models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey("store.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, null=True, related_name="deliveries")
    send_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)  # somebody is sending it; past this, they died
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("event", "way", "receiver"), name="delivery_once"),
            models.UniqueConstraint(
                fields=("group", "kind", "way", "receiver"), name="delivery_of_group_once"
            ),
            models.CheckConstraint(
                condition=models.Q(case__isnull=False, event__isnull=False, group=None)
                | models.Q(case=None, event=None, group__isnull=False),
                name="delivery_of_case_or_group",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(dead_at=None), name="delivery_sent_or_dead"
            ),
        )
        indexes = (
            models.Index(fields=("send_at", "id"), condition=WAITING, name="delivery_waiting"),
            models.Index(fields=("receiver", "way", "case", "id"), condition=WAITING, name="delivery_order"),
            models.Index(fields=("-dead_at",), condition=~models.Q(dead_at=None), name="delivery_dead"),
        )
