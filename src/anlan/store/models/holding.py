"""Tables of what waits for a person before it becomes a report, and of what is counted to tell which."""

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.cases.holding import Decision, HeldFor
from anlan.cases.terms import Channel
from anlan.store.models.columns import subtree_index, word


class CountKind(StrEnum):
    """What is counted: reports, but for the last two."""

    NETWORK = "network"  # all of one network
    PLAIN = "plain"  # those of one network that came without proof of work
    WORDS = "words"  # those with the same words
    PLACE = "place"  # those of one place
    MAIL = "mail"  # mails that ask one address whether it wants to follow
    FILE = "file"  # whole files that one network fetched
    ANSWER = "answer"  # confirmations that one address got for its mails


class SentCount(models.Model):
    """How many of one kind came in one hour; kept for a day. No address, word or place is kept."""

    kind = word(CountKind)
    mark = models.BinaryField(max_length=32)  # a keyed hash of what is counted
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "mark", "hour"), name="sent_count_once"),)
        indexes = (models.Index(fields=("hour",), name="sent_count_hour"),)


class SpentProof(models.Model):
    """A proof of work that let a report through once; kept until it is out of date anyway."""

    mark = models.BinaryField(max_length=32, unique=True)  # SHA-256 of the challenge's signature
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="spent_proof_expires"),)


class HeldGroup(models.Model):
    """Reports that look alike in one way and wait for one decision."""

    why = word(HeldFor)
    mark = models.BinaryField(max_length=32, null=True)  # of what they share; taken away after a day
    began_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("why", "mark"), condition=models.Q(mark__isnull=False), name="held_group_once"
            ),
        )


class HeldReport(models.Model):
    """What somebody told us and a machine may have written: no case, no figure and no page knows of it.

    Let in, it becomes a report with the same receipt, and `told` is emptied; set aside, `told` is emptied
    after a time, and the row goes on saying what was decided.
    """

    group = models.ForeignKey(HeldGroup, on_delete=models.PROTECT, related_name="reports")
    reasons = ArrayField(word(HeldFor))
    received_at = models.DateTimeField()
    idempotency_key = models.UUIDField(unique=True)
    receipt_hash = models.BinaryField(max_length=32, unique=True)
    channel = word(Channel, default=Channel.WEB, db_default=Channel.WEB)
    category = models.ForeignKey(
        "store.Category", on_delete=models.PROTECT, null=True, related_name="+"
    )  # None: whoever lets it in says which
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    is_urgent = models.BooleanField()
    told = models.JSONField()  # the rest of what was said; {} once erased
    pictures = ArrayField(models.UUIDField(), default=list)  # files that wait with it
    withdrawn_at = models.DateTimeField(null=True)
    decision = word(Decision, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    decided_why = models.TextField(blank=True)
    report = models.OneToOneField("store.Report", on_delete=models.PROTECT, null=True, related_name="held")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at=None)
                | (~models.Q(decision="") & models.Q(decided_at__isnull=False)),
                name="held_decision_says_when",
            ),
        )
        indexes = (
            subtree_index("area_path", "held_area"),
            models.Index(
                fields=("group", "received_at"), condition=models.Q(decided_at=None), name="held_waiting"
            ),
            models.Index(fields=("-decided_at",), condition=~models.Q(decided_at=None), name="held_decided"),
        )


class HeldLook(models.Model):
    """A member of staff read the words of a group that waits. Rows are only ever added, one a day."""

    group = models.ForeignKey(HeldGroup, on_delete=models.PROTECT, related_name="looks")
    user = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "user", "day"), name="held_look_once"),)
