"""Tables of rules: what is abnormal, how each version said it, where each stands, and what fired."""

from django.db import models

from anlan.sensing.rules.terms import RuleKind, RuleMode
from anlan.sensing.terms import Colour
from anlan.store.models.columns import word


class AlarmRule(models.Model):
    """A rule over one property of one kind of device, as the version in force has it."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    device_kind = models.ForeignKey("store.DeviceKind", on_delete=models.PROTECT, related_name="rules")
    property = models.ForeignKey("store.Property", on_delete=models.PROTECT, related_name="rules")
    kind = word(RuleKind)
    mode = word(RuleMode)
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # the one in force, see AlarmRuleVersion
    opens_case = models.ForeignKey(  # its alarms become cases of this category by themselves
        "store.Category", on_delete=models.PROTECT, null=True, related_name="+"
    )
    beside = models.OneToOneField(  # the rule of which this is a changed copy, run in its shadow
        "self", on_delete=models.PROTECT, null=True, related_name="copy"
    )


class AlarmRuleVersion(models.Model):
    """A rule as it was from one moment on, who made it so, and why. Rows are only ever added."""

    rule = models.ForeignKey(AlarmRule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()  # as sensing/rules/keeping.py keeps it
    in_force_from = models.DateTimeField()
    made_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("rule", "version"), name="rule_version_once"),)


class RuleState(models.Model):
    """Where a rule stands with one series, or with one site; written with the readings that moved it."""

    rule = models.ForeignKey(AlarmRule, on_delete=models.CASCADE, related_name="states")
    series = models.ForeignKey("store.Series", on_delete=models.CASCADE, null=True, related_name="+")
    site = models.ForeignKey("store.Site", on_delete=models.CASCADE, null=True, related_name="+")
    level = models.PositiveSmallIntegerField()  # 0 is normal, 4 is red
    numbers = models.BinaryField()  # float64, as the rule's kind lays them out in sensing/rules/states.py

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rule", "series"), name="rule_state_of_series"),
            models.UniqueConstraint(fields=("rule", "site"), name="rule_state_of_site"),
            models.CheckConstraint(
                condition=models.Q(series=None) ^ models.Q(site=None), name="rule_state_of_one"
            ),
        )


class RuleFiring(models.Model):
    """A rule found something, or found it normal again. Rows are only ever added."""

    version = models.ForeignKey(AlarmRuleVersion, on_delete=models.PROTECT, related_name="firings")
    device = models.ForeignKey("store.Device", on_delete=models.PROTECT, null=True, related_name="firings")
    site = models.ForeignKey("store.Site", on_delete=models.PROTECT, null=True, related_name="firings")
    at = models.DateTimeField()  # by the reading
    stored_at = models.DateTimeField()
    severity = word(Colour, blank=True)  # "": normal again
    values = models.JSONField()  # what explains it
    shadow = models.BooleanField()  # of a rule that only shows what it would do: no alarm
    advice = models.BooleanField(default=False)  # of a kind that only advises: no alarm either

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(device__isnull=False) | models.Q(site__isnull=False),
                name="firing_is_somewhere",
            ),
        )
        indexes = (
            models.Index(fields=("version", "-at"), name="firing_version"),
            models.Index(fields=("device", "-at"), name="firing_device"),
        )
