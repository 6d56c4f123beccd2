"""Tables of alarms: what is abnormal, what happened to it, who was told and who was not, and why."""

from uuid import uuid4

from django.db import models

from anlan.sensing.alarms.terms import AlarmCause, AlarmSource, AlarmState, AlarmStep, HeldWhy, NotTold
from anlan.sensing.terms import Colour
from anlan.store.models.columns import subtree_index, word

CLOSED = models.Q(state=AlarmState.CLOSED)
ANSWERED = models.Q(closed_at__isnull=False, false_alarm__isnull=False) & ~models.Q(cause="")
UNSENT = models.Q(sent_at=None, dead_at=None, why_not="")


class Alarm(models.Model):
    """One condition that is abnormal, from when it was raised until somebody said what it was."""

    condition = models.CharField(max_length=160)  # see Cause in sensing/alarms/terms.py
    source = word(AlarmSource)
    state = word(AlarmState, default=AlarmState.RAISED)
    severity = word(Colour)
    worst = word(Colour)
    rule = models.ForeignKey("store.AlarmRule", on_delete=models.PROTECT, null=True, related_name="alarms")
    firing = models.ForeignKey("store.RuleFiring", on_delete=models.PROTECT, null=True, related_name="+")
    outage = models.ForeignKey("store.Outage", on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey("store.Device", on_delete=models.PROTECT, null=True, related_name="alarms")
    site = models.ForeignKey("store.Site", on_delete=models.PROTECT, null=True, related_name="alarms")
    area_path = models.CharField(max_length=120)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, null=True, related_name="alarms")
    unit_path = models.CharField(max_length=200, blank=True)
    group_by = models.CharField(max_length=160, blank=True)
    says_silent = models.BooleanField(default=False)
    values = models.JSONField(default=dict)  # what explains it
    raised_at = models.DateTimeField()  # by the reading
    noticed_at = models.DateTimeField()
    since = models.DateTimeField()  # from here on an answer is waited for
    changed_at = models.DateTimeField()
    returns = models.PositiveIntegerField(default=0)  # how often it came back before it was closed
    told_level = models.PositiveSmallIntegerField(default=0)  # see DutyLevel
    next_step_at = models.DateTimeField(null=True)  # when the next level hears
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    doing = models.CharField(max_length=500, blank=True)  # what is being done
    held_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="holds")
    held_why = word(HeldWhy, blank=True)
    case = models.ForeignKey("store.Case", on_delete=models.PROTECT, null=True, related_name="alarms")
    cleared_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    cause = word(AlarmCause, blank=True)
    note = models.CharField(max_length=500, blank=True)
    false_alarm = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("condition",), condition=~CLOSED, name="one_open_alarm_of_a_condition"
            ),
            models.CheckConstraint(condition=~CLOSED | ANSWERED, name="closed_alarm_is_answered"),
            models.CheckConstraint(
                condition=models.Q(held_by=None, held_why="")
                | (models.Q(held_by__isnull=False) & ~models.Q(held_why="")),
                name="held_alarm_says_why",
            ),
        )
        indexes = (
            subtree_index("area_path", "alarm_area"),
            models.Index(fields=("-raised_at",), name="alarm_newest"),
            models.Index(
                fields=("next_step_at",), condition=models.Q(next_step_at__isnull=False), name="alarm_step"
            ),
            models.Index(fields=("site",), condition=~CLOSED, name="alarm_open_site"),
            models.Index(fields=("rule", "false_alarm"), name="alarm_rule"),
        )


class AlarmEvent(models.Model):
    """What happened to an alarm. Rows are only ever added."""

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    step = word(AlarmStep)
    actor = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    state_before = word(AlarmState, blank=True)
    state_after = word(AlarmState)
    severity = word(Colour)
    note = models.CharField(max_length=500, blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("alarm", "id"), name="alarm_event_alarm"),)


class AlarmTold(models.Model):
    """That somebody was told of an alarm at one step, or was not, and why; by mail it is on its way."""

    key = models.UUIDField(unique=True, default=uuid4)  # sent twice, the receiver knows it as one
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="told")
    event = models.ForeignKey(AlarmEvent, on_delete=models.PROTECT, related_name="told")
    level = models.PositiveSmallIntegerField()  # see DutyLevel
    at = models.DateTimeField()
    user = models.ForeignKey("store.User", on_delete=models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey("store.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    way = models.CharField(max_length=24)  # page, email, sms; "" when nobody was there to be told
    why_not = word(NotTold, blank=True)
    silence = models.ForeignKey("store.Silence", on_delete=models.PROTECT, null=True, related_name="+")
    send_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)  # somebody is sending it; past this, they died
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("event", "level", "way", "user", "unit"),
                nulls_distinct=False,
                name="told_once_a_step",
            ),
        )
        indexes = (
            models.Index(fields=("send_at", "id"), condition=UNSENT, name="alarm_told_waiting"),
            models.Index(fields=("alarm", "id"), name="alarm_told_alarm"),
        )


class Silence(models.Model):
    """Quiet about alarms: who wants it, about what, how long, and why. It is ended, never deleted."""

    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    device = models.ForeignKey("store.Device", on_delete=models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey("store.Site", on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.ForeignKey("store.AlarmRule", on_delete=models.PROTECT, null=True, related_name="+")
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, null=True, related_name="silences")
    reason = models.CharField(max_length=500)
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True)  # None: until its alarm is resolved
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends__isnull=False) | models.Q(alarm__isnull=False),
                name="silence_ends",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="silence_has_a_reason"),
        )
        indexes = (models.Index(fields=("ends",), name="silence_ends_at"),)


class AlarmPolicy(models.Model):
    """After how many minutes without an answer which level hears, by severity. Rows are only ever added."""

    severity = word(Colour)
    minutes = models.JSONField()  # {"1": 0, "2": 5, "3": 15}, see DutyLevel
    in_force_from = models.DateTimeField()
    made_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=("severity", "-in_force_from"), name="alarm_policy_newest"),)


class Shift(models.Model):
    """Who is on duty for an area from when to when, and who stands in for them."""

    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="shifts")
    stand_in = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    phone = models.CharField(max_length=32, blank=True)  # of the duty desk, never a private one

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("begins")), name="shift_ends_after_it_began"
            ),
        )
        indexes = (models.Index(fields=("area", "ends"), name="shift_area"),)
