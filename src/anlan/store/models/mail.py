"""Tables of mails that come in: which were read, what became of them, and the threads in which they stand."""

from django.db import models

from anlan.cases.mail.terms import Outcome
from anlan.store.models.columns import word


class MailThread(models.Model):
    """What an answer to a reporter's mail needs to stand below it; goes with the contact of the report.

    `key` is the idempotency key of the report, or of what is held before it is one.
    """

    key = models.UUIDField(unique=True)
    subject = models.CharField(max_length=200, blank=True)
    message_id = models.CharField(max_length=255, blank=True)  # of the sender's last mail
    earlier = models.TextField(blank=True)  # the References that an answer carries
    language = models.CharField(max_length=10, blank=True)
    began_at = models.DateTimeField()


class InMail(models.Model):
    """One mail of the mailbox, read once. No word, address or id of it is here."""

    mark = models.BinaryField(max_length=32, unique=True)  # keyed hash of mailbox and Message-ID
    came_at = models.DateTimeField()  # when it was first read
    place = models.CharField(max_length=200)  # where it lies in the mailbox: a number, or the name of a file
    size = models.PositiveIntegerField(default=0)
    outcome = word(Outcome, default=Outcome.READING)
    why = models.CharField(max_length=24, blank=True)  # it was passed over or set aside
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)  # somebody reads or answers it; past this, they died
    answer_due = models.BooleanField(default=False)  # its sender is not told yet what became of it
    thread = models.ForeignKey(MailThread, on_delete=models.SET_NULL, null=True, related_name="mails")
    sounds_urgent = models.BooleanField(default=False)
    left = models.JSONField(default=list)  # [name, why] of what was not kept, until the sender is told
    settled_at = models.DateTimeField(null=True)  # somebody dealt with what was set aside
    settled_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(
                fields=("-came_at",),
                condition=models.Q(outcome=Outcome.ASIDE, settled_at=None),
                name="mail_aside",
            ),
            models.Index(fields=("came_at",), condition=models.Q(answer_due=True), name="mail_unanswered"),
        )


class MailboxState(models.Model):
    """How the last readings of the mailbox went; one row."""

    claimed_until = models.DateTimeField(null=True)  # somebody reads it; past this, they died
    read_at = models.DateTimeField(null=True)  # the last time that it could be read
    failed_at = models.DateTimeField(null=True)  # since when it cannot; None when it can
    error = models.CharField(max_length=200, blank=True)
