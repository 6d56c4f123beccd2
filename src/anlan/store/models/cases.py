"""Tables of the room `cases`: columns and constraints, no decisions."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from anlan.cases.joining import Kind
from anlan.cases.retention import PHOTO_DAYS
from anlan.cases.states import ENDED
from anlan.cases.terms import Channel, PhotoStage, PlaceSource, Severity, Stage, State
from anlan.places.terms import Crs, Level
from anlan.publishing.open311.terms import ServiceType
from anlan.publishing.terms import PlaceRule
from anlan.staff.terms import Role, UnitKind
from anlan.store.models.columns import subtree_index, word

OPEN = ~models.Q(state__in=sorted(ENDED))
SEEN_BY = ("area_path", "unit_path", "task_reach")
"""The columns that say from where a case is seen."""

UNREAD = object()
"""What a column holds that was left in the database; equal to nothing."""


def case_number(opened_at: datetime, pk: int) -> str:
    """What people call a case: CX-2026-018042, with the local year in which it was opened."""
    return f"CX-{timezone.localtime(opened_at).year}-{pk:06d}"


class Category(models.Model):
    """A kind of hazard, in two levels, with who is responsible and by when."""

    code = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=20, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    severity = word(Severity, default=Severity.MODERATE)
    unit_kind = word(UnitKind, default=UnitKind.TOWNSHIP_OFFICE)  # who is responsible ...
    unit_level = word(Level, default=Level.TOWNSHIP)  # ... and at which level
    unit = models.ForeignKey(
        "store.Unit", on_delete=models.PROTECT, null=True, related_name="+"
    )  # always this
    opens_when = models.TextField(blank=True)
    closes_when = models.TextField(blank=True)
    accept_hours = models.PositiveIntegerField(default=1)
    dispatch_hours = models.PositiveIntegerField(default=2)
    handle_hours = models.PositiveIntegerField(default=120)
    verify_hours = models.PositiveIntegerField(default=48)
    interim_hours = models.PositiveIntegerField(
        default=0, db_default=0
    )  # to make it safe first; 0: not asked
    recurs_metres = models.PositiveIntegerField(default=50, db_default=50)  # the same hazard: how near ...
    recurs_days = models.PositiveIntegerField(default=180, db_default=180)  # ... and how soon after closing
    open311_keywords = models.CharField(max_length=200, blank=True, default="", db_default="")
    open311_type = word(ServiceType, default=ServiceType.REALTIME, db_default=ServiceType.REALTIME)
    public_place = word(PlaceRule, default=PlaceRule.CELL, db_default=PlaceRule.CELL)
    active = models.BooleanField(default=True)


class Cases(models.Manager["Case"]):
    """Cases without the column that only searches read."""

    def get_queryset(self) -> models.QuerySet["Case"]:
        """All cases, their `words` left in the database."""
        return super().get_queryset().defer("words")


class Case(models.Model):
    """One hazard at one place, from accepted to closed."""

    state = word(State, default=State.NEW)
    former_state = word(State, blank=True)  # of a parked or merged case
    stage = word(Stage, blank=True)  # what it waits for; "" when ended or parked
    stage_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # end of the stage; of a parked case, its review date
    near_at = models.DateTimeField(null=True)  # from when on the stage is near its end; none while parked
    clock_left = models.DurationField(null=True)  # of a parked case: what was left of its stage
    version = models.PositiveIntegerField(default=0)  # the second of two people who act at once is told
    title = models.CharField(max_length=120)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, db_index=False, related_name="cases")
    severity = word(Severity, default=Severity.MODERATE)
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="cases")
    area_path = models.CharField(max_length=120)
    site = models.ForeignKey(
        "store.Site", on_delete=models.PROTECT, null=True, db_index=False, related_name="cases"
    )
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, null=True, related_name="cases")
    unit_path = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)
    lng = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    opened_at = models.DateTimeField()
    rectified_at = models.DateTimeField(null=True)
    rectified_by = models.ForeignKey(
        "store.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )  # who did so last, and so may not verify it
    closed_at = models.DateTimeField(null=True)
    rework_count = models.PositiveSmallIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    return_count = models.PositiveSmallIntegerField(default=0, db_default=0)  # wrong dispatches
    open_tasks = models.PositiveSmallIntegerField(default=0, db_default=0)  # of other units
    task_reach = ArrayField(models.CharField(max_length=200), null=True)  # units that see it by a task
    report_count = models.PositiveSmallIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_index=False, related_name="merged_cases"
    )
    route_reason = models.JSONField(default=dict)  # why this unit was suggested
    drawn_verifiers = ArrayField(
        models.BigIntegerField(), default=list, db_default=[]
    )  # memberships; none: any
    interim_due_at = models.DateTimeField(null=True)  # by when it must be made safe; None: not asked
    interim_at = models.DateTimeField(null=True)  # when that was done
    words = SearchVectorField(null=True)  # 2-character grams and words, see cases/words.py

    objects = Cases()

    was: Mapping[str, Any] = MappingProxyType({})
    """From where it could be seen when it was read; {} of a new case."""

    read: Mapping[str, Any] | None = None
    """Its columns as they were when it was locked for a step, by `remember`; None of any other."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state=State.CLOSED) | models.Q(closed_at__isnull=False),
                name="closed_case_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.MERGED, merged_into__isnull=False)
                | (~models.Q(state=State.MERGED) & models.Q(merged_into=None)),
                name="merged_case_says_into_which",
            ),
            models.CheckConstraint(
                condition=models.Q(former_state="") | models.Q(state__in=[State.PARKED, State.MERGED]),
                name="former_state_only_while_away",
            ),
        )
        indexes = (
            subtree_index("area_path", "case_area"),
            subtree_index("unit_path", "case_unit"),
            models.Index(fields=("due_at", "id"), condition=OPEN, name="case_open_due"),
            models.Index(fields=("-opened_at", "-id"), name="case_opened"),
            models.Index(fields=("closed_at",), condition=~models.Q(closed_at=None), name="case_closed"),
            models.Index(fields=("category", "id"), name="case_category"),
            models.Index(
                fields=("unit", "stage", "due_at"),
                condition=models.Q(stage__in=[Stage.HANDLE, Stage.VERIFY]),
                name="case_at_work",
            ),
            models.Index(
                fields=("merged_into",),
                condition=models.Q(merged_into__isnull=False),
                name="case_merged_into",
            ),
            models.Index(fields=("site", "id"), condition=models.Q(site__isnull=False), name="case_site"),
            models.Index(
                fields=("interim_due_at", "id"),
                condition=OPEN & models.Q(interim_at=None, interim_due_at__isnull=False),
                name="case_not_safe",
            ),
            GinIndex("words", name="case_words"),
            GinIndex("task_reach", condition=models.Q(task_reach__isnull=False), name="case_task_reach"),
        )

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **rest: Any
    ) -> Self:
        """The case in a row: it remembers from where it was seen, so that who loses sight of it is told."""
        case = super().from_db(db, field_names, values, **rest)
        case.was = {name: case.__dict__[name] for name in SEEN_BY if name in case.__dict__}
        return case

    def remember(self) -> None:
        """Keep the columns as they are, so that the next `save_changed` writes those alone that change."""
        self.read = {
            name: deepcopy(value) if isinstance(value, list | dict) else value
            for name, value in self.__dict__.items()
            if name != "read"
        }

    def save_changed(self) -> None:
        """Save the columns that changed since the case was locked; all of one that does not remember.

        A row of forty columns costs more to write than the step that changes five of them costs to decide.
        """
        if self.read is None:
            self.save()
            return
        had, now = self.read, self.__dict__
        names = {field.attname for field in self._meta.concrete_fields} & now.keys()
        self.save(update_fields=[name for name in names if now[name] != had.get(name, UNREAD)])
        self.remember()

    @property
    def number(self) -> str:
        """What people call it: CX-2026-018042."""
        return case_number(self.opened_at, self.pk)


class Report(models.Model):
    """What somebody told us, one channel, one time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    channel = word(Channel)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    answers = models.JSONField(default=list, db_default=[])  # as `publishing.open311.answering` keeps
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    lng = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    place_source = word(PlaceSource, default=PlaceSource.AREA)
    source_crs = word(Crs, default=Crs.WGS84)
    received_at = models.DateTimeField()
    language = models.CharField(max_length=10, blank=True)
    typed_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    receipt_hash = models.BinaryField(max_length=32, unique=True, null=True)
    idempotency_key = models.UUIDField(unique=True, default=uuid4)  # sent again, it is not stored twice
    source = models.CharField(max_length=40, blank=True)  # the system an import came from
    source_id = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("source", "source_id"), condition=~models.Q(source=""), name="report_source_once"
            ),
        )
        indexes = (models.Index(fields=("received_at",), name="report_received"),)


class ReportAddition(models.Model):
    """Words that a reporter added later, by the receipt; empty when only photos came."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="additions")
    words = models.TextField(blank=True)
    received_at = models.DateTimeField()
    idempotency_key = models.UUIDField(unique=True, default=uuid4)  # sent again, it is not stored twice


class Contact(models.Model):
    """How a reporter wants to be reached, for this report only; erased after `erase_after`."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="contact")
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    erase_after = models.DateField(null=True)  # set when the case ends


class Erasure(models.Model):
    """The tombstone of what a retention rule erased. Rows are only ever added."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=24)  # contact, photo
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="erasures")
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, null=True, related_name="erasures")
    rule = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(report__isnull=False) | models.Q(photo__isnull=False),
                name="erasure_says_of_what",
            ),
        )


class CaseEvent(models.Model):
    """One thing that happened to a case. Rows are only ever added; a trigger refuses the rest."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="events")
    at = models.DateTimeField()
    step = models.CharField(max_length=24)  # a Step, or what else happened: reported, note, imported, ...
    state_before = models.CharField(max_length=24, blank=True)
    state_after = models.CharField(max_length=24, blank=True)
    actor = models.ForeignKey(
        "store.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    actor_unit = models.ForeignKey(
        "store.Unit", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    actor_role = word(Role, blank=True)
    source = models.CharField(max_length=40, blank=True)  # resident, system, or the system of an import
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict)  # {"column": [before, after]}

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=("case", "at", "id"), name="case_event_order"),
            models.Index(fields=("at", "case"), name="case_event_at"),
            models.Index(fields=("actor",), condition=models.Q(actor__isnull=False), name="case_event_actor"),
            models.Index(
                fields=("actor_unit",),
                condition=models.Q(actor_unit__isnull=False),
                name="case_event_unit",
            ),
        )


class Photo(models.Model):
    """A picture of a place, re-encoded from its pixels; the file's name is the id.

    Erased, the files are gone and the row stays: what was shown, by whom, made when, with which hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="photos")
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, null=True, related_name="photos")
    stage = word(PhotoStage)
    made_at = models.DateTimeField()  # when it was taken if the file said so, else when it came
    received_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    keep_days = models.PositiveIntegerField(default=PHOTO_DAYS, db_default=PHOTO_DAYS)  # as was said then
    erase_after = models.DateField(null=True)  # set when the case ends
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("case", "stage", "made_at"), name="photo_case"),
            models.Index(
                fields=("erase_after", "id"),
                condition=models.Q(erased_at=None, erase_after__isnull=False),
                name="photo_erased_next",
            ),
        )


class CaseJoin(models.Model):
    """Reports moved to another case, by a join or a split; undone, the row stays and says when.

    A join moved all reports of `joined` to `into`; a split moved some of `into` to the new case `joined`.
    """

    kind = word(Kind, default=Kind.JOIN, db_default=Kind.JOIN)
    joined = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joins")
    into = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    moved_reports = models.JSONField(default=list)  # ids, to put back
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("joined", "kind"), condition=models.Q(undone_at=None), name="joined_once_at_a_time"
            ),
        )


class SiteWideSalt(models.Model):
    """The salt of receipt codes, made once for an installation; it travels with backups."""

    salt = models.BinaryField(max_length=32)


class WrongCodes(models.Model):
    """How many receipt codes one network asked about in one hour, right and wrong; no address is kept."""

    network = models.BinaryField(max_length=32)  # a keyed hash of the network's prefix
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)  # those that nobody has, and those still looked up
    asked = models.PositiveIntegerField(default=0, db_default=0)  # all of them
    last_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("network", "hour"), name="wrong_codes_once"),)


class Sendings(models.Model):
    """How many reports, additions and photos came from one network in one hour; no address is kept."""

    network = models.BinaryField(max_length=32)  # a keyed hash of the network's prefix
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("network", "hour"), name="sendings_once"),)
