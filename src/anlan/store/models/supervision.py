"""Tables of supervision: campaigns, and the check of each case or area that one picked."""

from django.db import models

from anlan.cases.supervision import Finding, Picks
from anlan.store.models.cases import Case, Category
from anlan.store.models.columns import subtree_index, word
from anlan.store.models.places import Area
from anlan.store.models.proof import DrawSeed
from anlan.store.models.staff import Unit, User


class Campaign(models.Model):
    """Cases or areas that are looked at once more: drawn, so that nobody chooses them, or chosen and why."""

    name = models.CharField(max_length=60)
    picks = word(Picks)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    begins_on = models.DateField()
    ends_on = models.DateField()
    most = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # that made it
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    chosen_why = models.TextField(blank=True, db_default="")  # "" when they were drawn
    seed = models.ForeignKey(DrawSeed, on_delete=models.PROTECT, null=True, related_name="+")
    counted = models.PositiveIntegerField(default=0, db_default=0)  # cases or areas there were
    every = models.PositiveIntegerField(default=1, db_default=1)  # of the ids only every such one is listed,
    rest = models.PositiveIntegerField(default=0, db_default=0)  # that leaves this: cases/drawing.py
    eligible = models.JSONField(default=list)  # ids or codes to draw from, sorted
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (subtree_index("area_path", "campaign_area"),)


class CampaignCheck(models.Model):
    """One case or area that a campaign picked, and what was found there."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="checks")
    order = models.PositiveSmallIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+"
    )  # of the case, or the picked one
    finding = word(Finding, blank=True)
    words = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    found_case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "order"), name="campaign_check_once"),
            models.CheckConstraint(
                condition=models.Q(finding="", checked_at=None)
                | (~models.Q(finding="") & models.Q(checked_at__isnull=False)),
                name="campaign_finding_says_when",
            ),
        )
