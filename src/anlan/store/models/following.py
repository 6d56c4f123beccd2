"""Tables of those who follow public cases from outside: columns and constraints, no decisions."""

from uuid import uuid4

from django.db import models

UNSENT = models.Q(sent_at=None, dead_at=None)
ONE = models.Q(email="") ^ models.Q(endpoint="")


class Follow(models.Model):
    """An address that hears of one case, or of the cases of a place, an area, a category, or of all of them,
    or of the warnings of an area.

    It is kept for this alone, and goes when its holder says so.
    """

    case = models.ForeignKey("store.Case", on_delete=models.CASCADE, null=True, related_name="+")
    site = models.ForeignKey("store.Site", on_delete=models.CASCADE, null=True, related_name="+")
    area = models.ForeignKey("store.Area", on_delete=models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey("store.Category", on_delete=models.CASCADE, null=True, related_name="+")
    warnings = models.BooleanField(default=False)  # of the warnings of the area, not of its cases
    email = models.EmailField(blank=True)
    endpoint = models.URLField(max_length=600, blank=True)  # of a browser that takes web push, instead
    keys = models.JSONField(default=dict)  # of that browser: p256dh, auth
    language = models.CharField(max_length=10, blank=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # by the link in a mail; a browser says so at once

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("email", "endpoint", "case", "site", "area", "category", "warnings"),
                nulls_distinct=False,
                name="follow_once",
            ),
            models.CheckConstraint(condition=ONE, name="follow_by_mail_or_browser"),
            models.CheckConstraint(
                condition=models.Q(warnings=False)
                | models.Q(area__isnull=False, case=None, site=None, category=None),
                name="warnings_of_an_area",
            ),
        )
        indexes = (
            models.Index(fields=("made_at",), condition=models.Q(confirmed_at=None), name="follow_waiting"),
        )


class FollowNews(models.Model):
    """One event on its way to one follower: waiting, sent, or given up."""

    key = models.UUIDField(unique=True, default=uuid4)  # sent twice, the receiver knows it as one
    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, related_name="news")
    event = models.ForeignKey("store.CaseEvent", on_delete=models.CASCADE, related_name="+")
    send_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)  # somebody is sending it; past this, they died
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("follow", "event"), name="follow_news_once"),)
        indexes = (models.Index(fields=("send_at", "id"), condition=UNSENT, name="follow_news_waiting"),)
