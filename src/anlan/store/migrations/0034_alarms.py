"""Alarms, silences, shifts of duty; what happened and what was in force cannot be changed."""

import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import anlan.sensing.alarms.terms

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_alarmevent
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_alarmpolicy
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""
UNGUARD = """
DROP TRIGGER append_only ON store_alarmevent;
DROP TRIGGER append_only ON store_alarmpolicy;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0033_rectified_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarmrule",
            name="opens_case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.category"
            ),
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("condition", models.CharField(max_length=160)),
                (
                    "source",
                    models.CharField(
                        choices=[("rule", "rule"), ("outage", "outage"), ("feed", "feed"), ("hand", "hand")],
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "raised"),
                            ("escalated", "escalated"),
                            ("acknowledged", "acknowledged"),
                            ("cleared", "cleared"),
                            ("closed", "closed"),
                        ],
                        default=anlan.sensing.alarms.terms.AlarmState["RAISED"],
                        max_length=24,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "worst",
                    models.CharField(
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
                ("area_path", models.CharField(max_length=120)),
                ("unit_path", models.CharField(blank=True, max_length=200)),
                ("group_by", models.CharField(blank=True, max_length=160)),
                ("says_silent", models.BooleanField(default=False)),
                ("values", models.JSONField(default=dict)),
                ("raised_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("returns", models.PositiveIntegerField(default=0)),
                ("told_level", models.PositiveSmallIntegerField(default=0)),
                ("next_step_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("doing", models.CharField(blank=True, max_length=500)),
                (
                    "held_why",
                    models.CharField(
                        blank=True,
                        choices=[("grouped", "grouped"), ("inhibited", "inhibited")],
                        max_length=24,
                    ),
                ),
                ("cleared_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hazard", "hazard"),
                            ("work", "work"),
                            ("weather", "weather"),
                            ("device", "device"),
                            ("rule", "rule"),
                            ("power", "power"),
                            ("other", "other"),
                        ],
                        max_length=24,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("false_alarm", models.BooleanField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="store.case",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="store.device",
                    ),
                ),
                (
                    "firing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.rulefiring",
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="store.alarm",
                    ),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.outage",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="store.alarmrule",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="store.site",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="store.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("raise", "raise"),
                            ("worsen", "worsen"),
                            ("ease", "ease"),
                            ("acknowledge", "acknowledge"),
                            ("escalate", "escalate"),
                            ("hold", "hold"),
                            ("release", "release"),
                            ("link", "link"),
                            ("clear", "clear"),
                            ("close", "close"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "state_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("raised", "raised"),
                            ("escalated", "escalated"),
                            ("acknowledged", "acknowledged"),
                            ("cleared", "cleared"),
                            ("closed", "closed"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("raised", "raised"),
                            ("escalated", "escalated"),
                            ("acknowledged", "acknowledged"),
                            ("cleared", "cleared"),
                            ("closed", "closed"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("values", models.JSONField(default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="store.alarm"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
                ("minutes", models.JSONField()),
                ("in_force_from", models.DateTimeField()),
                ("why", models.CharField(blank=True, max_length=500)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_path", models.CharField(max_length=120)),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("phone", models.CharField(blank=True, max_length=32)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.area"
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.unit"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_path", models.CharField(max_length=120)),
                ("reason", models.CharField(max_length=500)),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "alarm",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="silences",
                        to="store.alarm",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.area"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.device",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.alarmrule",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("level", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("way", models.CharField(max_length=24)),
                (
                    "why_not",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("held", "held"),
                            ("silenced", "silenced"),
                            ("flapping", "flapping"),
                            ("not_chosen", "not_chosen"),
                            ("nobody", "nobody"),
                        ],
                        max_length=24,
                    ),
                ),
                ("send_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="store.alarm"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told",
                        to="store.alarmevent",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.unit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "silence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.silence",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("area_path"), name="varchar_pattern_ops"),
                name="alarm_area",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["-raised_at"], name="alarm_newest"),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                condition=models.Q(("next_step_at__isnull", False)),
                fields=["next_step_at"],
                name="alarm_step",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                condition=models.Q(("state", anlan.sensing.alarms.terms.AlarmState["CLOSED"]), _negated=True),
                fields=["site"],
                name="alarm_open_site",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["rule", "false_alarm"], name="alarm_rule"),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", anlan.sensing.alarms.terms.AlarmState["CLOSED"]), _negated=True),
                fields=("condition",),
                name="one_open_alarm_of_a_condition",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", anlan.sensing.alarms.terms.AlarmState["CLOSED"]), _negated=True),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("false_alarm__isnull", False),
                        models.Q(("cause", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="closed_alarm_is_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held_by", None), ("held_why", "")),
                    models.Q(("held_by__isnull", False), models.Q(("held_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="held_alarm_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmevent",
            index=models.Index(fields=["alarm", "id"], name="alarm_event_alarm"),
        ),
        migrations.AddIndex(
            model_name="alarmpolicy",
            index=models.Index(fields=["severity", "-in_force_from"], name="alarm_policy_newest"),
        ),
        migrations.AddIndex(
            model_name="shift",
            index=models.Index(fields=["area", "ends"], name="shift_area"),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("begins"))), name="shift_ends_after_it_began"
            ),
        ),
        migrations.AddIndex(
            model_name="silence",
            index=models.Index(fields=["ends"], name="silence_ends_at"),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__isnull", False), ("alarm__isnull", False), _connector="OR"),
                name="silence_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="silence_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="alarmtold",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("sent_at", None), ("why_not", "")),
                fields=["send_at", "id"],
                name="alarm_told_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmtold",
            index=models.Index(fields=["alarm", "id"], name="alarm_told_alarm"),
        ),
        migrations.AddConstraint(
            model_name="alarmtold",
            constraint=models.UniqueConstraint(
                fields=("event", "level", "way", "user", "unit"),
                name="told_once_a_step",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
