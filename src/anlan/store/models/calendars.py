"""Tables of the city's calendar: its versions, and the runs that reckon the ends of open cases anew."""

from django.db import models

from anlan.cases.calendar_tables import Source
from anlan.store.models.columns import word

DRAFT = models.Q(put_in_force_at=None)
HOLDS = models.Q(put_in_force_at__isnull=False, withdrawn_at=None)


class CalendarVersion(models.Model):
    """What is worked from a day on, as the country announced it or as the city says: a draft, or in force.

    A trigger keeps what was put in force as it was; it can only be withdrawn, by whom and why.
    """

    source = word(Source)
    number = models.PositiveIntegerField()  # of its source
    content = models.JSONField()  # as cases/calendar_tables.py keeps it
    revision = models.PositiveIntegerField(default=0)  # of a draft: the second of two who edit is told
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    preview = models.JSONField(null=True)  # {"revision", "at", "from_day", "days": [...], "ends": {...}}
    in_force_from = models.DateField(null=True)  # None once it holds: from ever
    put_in_force_at = models.DateTimeField(null=True)
    put_in_force_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    why = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("source", "number"), name="calendar_number_once"),
            models.UniqueConstraint(
                fields=("put_in_force_at",),
                condition=DRAFT,
                nulls_distinct=False,
                name="one_calendar_draft_at_a_time",
            ),
            models.UniqueConstraint(
                fields=("source", "in_force_from"),
                condition=HOLDS,
                nulls_distinct=False,
                name="one_calendar_version_a_day",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | models.Q(source=Source.COUNTRY.value)
                | models.Q(in_force_from__isnull=False),
                name="city_calendar_says_from_when",
            ),
        )


class CalendarRun(models.Model):
    """One change of the calendar on its way through the open cases, in lanes beside each other."""

    version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="runs")
    from_day = models.DateField()  # nothing before it changed
    why = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    cases_looked_at = models.PositiveIntegerField(default=0)
    cases_moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("id",), condition=models.Q(finished_at=None), name="calendar_run_unfinished"
            ),
        )


class CalendarLane(models.Model):
    """A stretch of the cases that a run goes through, by their ids; `after_case` is how far it is."""

    run = models.ForeignKey(CalendarRun, on_delete=models.CASCADE, related_name="lanes")
    after_case = models.BigIntegerField()
    last_case = models.BigIntegerField(null=True)  # None: no end, new cases included
    finished_at = models.DateTimeField(null=True)
