"""Tables of what the public sees: columns and constraints, no decisions."""

from django.db import models

from anlan.publishing.terms import ModerationStep, PlaceRule, PublicState
from anlan.store.models.columns import subtree_index, word


class PublicCase(models.Model):
    """A case as the public may see it, kept by every flow that changes the case.

    Only what is in this table ever leaves for the public: pages, map, feeds, API.
    """

    case = models.OneToOneField(
        "store.Case", on_delete=models.CASCADE, primary_key=True, related_name="published"
    )
    shown = models.BooleanField()  # False: hidden by a person, or of a kind that is never shown
    state = word(PublicState)
    category = models.ForeignKey("store.Category", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    site = models.ForeignKey("store.Site", on_delete=models.PROTECT, null=True, related_name="+")
    month = models.DateField()  # the first day of the local month in which it was opened
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_month = models.DateField(null=True)  # the first day of the local month of closed_at
    place_rule = word(PlaceRule)
    lng = models.FloatField(null=True)  # the point when it may be exact, else the middle of the cell
    lat = models.FloatField(null=True)
    cell = models.BigIntegerField(null=True)  # H3; of an exact point, the cell that holds it
    address = models.CharField(max_length=200, blank=True)  # only where the place may be exact, once cleared
    words = models.TextField(blank=True)  # only after a person cleared them
    done_words = models.TextField(blank=True, default="", db_default="")  # what was done, once cleared
    cleared_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)  # words came that no person has read for the public

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(address="") | models.Q(place_rule=PlaceRule.EXACT),
                name="public_address_of_exact_place",
            ),
        )
        indexes = (
            subtree_index("area_path", "public_area"),
            models.Index(fields=("-opened_at", "-case"), name="public_opened"),
            models.Index(fields=("cell",), name="public_shown_cell"),
            models.Index(fields=("category", "-opened_at"), name="public_category"),
            models.Index(fields=("-updated_at", "-case"), name="public_updated"),
            models.Index(
                fields=("opened_at", "case"),
                condition=models.Q(shown=True, waiting_since__isnull=False),
                name="public_waiting",
            ),
            models.Index(fields=("site",), condition=models.Q(site__isnull=False), name="public_site"),
        )


class Moderation(models.Model):
    """What a person did about what the public sees of a case. Rows are only ever added."""

    case = models.ForeignKey("store.Case", on_delete=models.PROTECT, related_name="moderations")
    at = models.DateTimeField()
    actor = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    actor_unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, related_name="+")
    step = word(ModerationStep)
    reason = models.TextField(blank=True)
    words = models.TextField(blank=True)  # as they were cleared
    photo = models.UUIDField(null=True)  # of a photo; its files may be erased since

    class Meta:
        indexes = (models.Index(fields=("case", "at"), name="moderation_case"),)


class CountedCases(models.Model):
    """How many shown cases have the same county, category and state, and whatever else a table adds."""

    county = models.CharField(max_length=120)  # the beginning of the area's path, down to the county
    category = models.BigIntegerField()
    state = word(PublicState)
    n = models.BigIntegerField()

    class Meta:
        abstract = True


SAME = ("county", "category", "state")


class PublicCount(CountedCases):
    """By cell and month, up to the last time that changes were added up; for a map of some months."""

    cell = models.BigIntegerField()  # H3 at resolution 6; 0 where only the area is known
    month = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("cell", *SAME, "month"), name="public_count_once"),)
        indexes = (models.Index(fields=("month",), name="public_count_month"),)


class PublicCellCount(CountedCases):
    """By cell, likewise; for a map of all times."""

    cell = models.BigIntegerField()  # H3 at resolution 7; 0 where only the area is known

    class Meta:
        constraints = (models.UniqueConstraint(fields=("cell", *SAME), name="public_cell_count_once"),)


class PublicMonthCount(CountedCases):
    """By the months of opening and closing, likewise; for lists and histories."""

    month = models.DateField()
    closed_month = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(*SAME, "month", "closed_month"), nulls_distinct=False, name="public_month_count_once"
            ),
        )


class PublicCountChange(CountedCases):
    """What changed since: written by triggers, so that no flow waits for another at a count."""

    cell = models.BigIntegerField()  # H3 at resolution 7; 0 where only the area is known
    month = models.DateField()
    closed_month = models.DateField(null=True)


class PublicWithdrawal(models.Model):
    """A transaction that took something from the public or changed words and place of a case there.

    Written by triggers, kept for an hour; a page that was drawn before is drawn anew.
    """

    tx = models.BigIntegerField()  # as PostgreSQL numbers it
    at = models.DateTimeField()  # when it began

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tx", "at"), name="public_withdrawal_once"),)
