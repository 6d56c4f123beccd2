"""Tables of scores: the cases that a month counts, the figures, and the appeals against them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.store.models.cases import Case
from anlan.store.models.columns import subtree_index


class ScoreRun(models.Model):
    """The figures of one month: made anew every night until they are published, then kept as they are."""

    month = models.DateField(unique=True)  # its first day
    cut_off = models.DateTimeField()  # what happened later is not counted
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    versions = models.JSONField(default=dict)  # {"index": version of its definition}


class ScoreRevision(models.Model):
    """A published month looked at again, when the month `number` months later was published.

    What came late (a hazard not fixed after all, or back again) is in the figures from then on; those before
    stay.
    """

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    cut_off = models.DateTimeField()
    changed_cases = models.PositiveIntegerField()
    changed_figures = models.PositiveIntegerField()  # by their counts

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "number"), name="revised_once_each"),)


class ScoredCase(models.Model):
    """What one case did in one month: the facts that indices count, see cases/scored_facts.py.

    A revision adds a row for a case of which more is known, and marks the row before as superseded.
    """

    run = models.ForeignKey(ScoreRun, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    decider_path = models.CharField(max_length=200)
    dispatcher_path = models.CharField(max_length=200)
    handler_path = models.CharField(max_length=200)
    verifier_path = models.CharField(max_length=200)
    reporter_path = models.CharField(max_length=200)
    decided = models.BooleanField()
    accepted = models.BooleanField()
    fielded = models.BooleanField()
    sent = models.BooleanField()
    sent_wrong = models.BooleanField()
    due = models.BooleanField()
    on_time = models.BooleanField()
    closed = models.BooleanField()
    checked = models.BooleanField()
    redone = models.BooleanField()
    fixed_first = models.BooleanField()
    verified = models.BooleanField()
    on_site = models.BooleanField()
    ended = models.BooleanField()
    findable = models.BooleanField(default=True, db_default=True)
    recurred = models.BooleanField()
    answered = models.BooleanField()
    satisfied = models.BooleanField()
    parked = models.BooleanField()
    parked_late = models.BooleanField(default=False, db_default=False)
    cancelled = models.BooleanField()
    merged = models.BooleanField()
    merge_stands = models.BooleanField(default=False, db_default=False)
    redrawn = models.BooleanField(default=False, db_default=False)
    recategorised = models.BooleanField()
    quick = models.BooleanField()
    same_pair = models.BooleanField()
    left_out = ArrayField(models.CharField(max_length=24), default=list)  # indices, by accepted appeals
    revision = models.PositiveSmallIntegerField(default=0, db_default=0)  # since which it holds
    superseded = models.PositiveSmallIntegerField(null=True)  # by which revision

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "case"),
                condition=models.Q(superseded=None),
                name="case_scored_once_a_month",
            ),
        )


class Score(models.Model):
    """One figure: count, denominator, definition and interval together. No row is "no data"."""

    run = models.ForeignKey(ScoreRun, on_delete=models.CASCADE, related_name="scores")
    kind = models.CharField(max_length=8)  # area, unit, post
    code = models.CharField(max_length=60)  # of the area or unit; of a post "role:area"
    path = models.CharField(max_length=200)  # of the area or unit, as it was in that month
    index = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField()
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    lower = models.FloatField()  # 95 %, exact
    upper = models.FloatField()
    peers = models.CharField(max_length=240, blank=True)  # who stands in one league table with it
    band = models.SmallIntegerField(default=0)  # outcomes/league.py
    replaced = models.BooleanField(default=False)  # by a later row: an accepted appeal, a revision
    revision = models.PositiveSmallIntegerField(default=0, db_default=0)  # that made it

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "kind", "code", "index"),
                condition=models.Q(replaced=False),
                name="one_score_of_each",
            ),
            models.CheckConstraint(
                condition=models.Q(denominator__gt=0, numerator__lte=models.F("denominator")),
                name="score_is_a_share",
            ),
        )
        indexes = (models.Index(fields=("run", "peers", "index"), name="score_peers"),)


class ScoreFunnel(models.Model):
    """The limits of chance around the pooled share of one league table, for denominators 1 and up."""

    run = models.ForeignKey(ScoreRun, on_delete=models.CASCADE, related_name="funnels")
    peers = models.CharField(max_length=240)
    index = models.CharField(max_length=24)
    target = models.FloatField()
    curve = models.JSONField()  # [[denominator, lower 99.8, lower 95, upper 95, upper 99.8], ...]
    revision = models.PositiveSmallIntegerField(default=0, db_default=0)  # that drew it

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "peers", "index", "revision"), name="one_funnel_of_each"),
        )


class ScoreAppeal(models.Model):
    """A unit says that a case should not count in one of its figures; a unit above it decides."""

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="appeals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    index = models.CharField(max_length=24)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=200)
    area_path = models.CharField(max_length=120)
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    accepted = models.BooleanField(null=True)  # None: nobody has decided
    answer = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=list)  # the unit's [numerator, denominator] when it was decided ...
    after = models.JSONField(default=list)  # ... and without the case

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "case", "index", "unit"), name="appealed_once"),
        )
        indexes = (subtree_index("unit_path", "appeal_unit"),)
