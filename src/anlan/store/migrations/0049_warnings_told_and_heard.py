"""Who is told of a warning, what it says before anybody wrote it, and warnings of other senders."""

import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_warningtemplateversion
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0048_shelters"),
    ]

    operations = [
        migrations.CreateModel(
            name="CapFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("address", models.URLField(max_length=500)),
                ("active", models.BooleanField(default=True)),
                ("etag", models.CharField(blank=True, max_length=300)),
                ("last_modified", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="FeedRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=100)),
                ("category", models.CharField(blank=True, max_length=16)),
                (
                    "least",
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
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HeardArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_path", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="HeardWarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_force", "in_force"),
                            ("updated", "updated"),
                            ("cancelled", "cancelled"),
                            ("expired", "expired"),
                            ("ends", "ends"),
                            ("noted", "noted"),
                            ("faulty", "faulty"),
                        ],
                        max_length=24,
                    ),
                ),
                ("identifier", models.CharField(blank=True, max_length=300)),
                ("sender", models.CharField(blank=True, max_length=300)),
                ("sent", models.DateTimeField(null=True)),
                ("kind", models.CharField(blank=True, max_length=16)),
                ("status", models.CharField(blank=True, max_length=16)),
                (
                    "colour",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=16)),
                ("sender_name", models.CharField(blank=True, max_length=200)),
                ("words", models.JSONField(default=dict)),
                ("places", models.CharField(blank=True, max_length=500)),
                ("polygons", models.JSONField(default=list)),
                ("onset", models.DateTimeField(null=True)),
                ("expires", models.DateTimeField(null=True)),
                ("references", models.JSONField(default=list)),
                ("chain", models.BigIntegerField(null=True)),
                ("web", models.CharField(blank=True, max_length=500)),
                ("document", models.TextField(blank=True)),
                ("faults", models.JSONField(default=list)),
                ("heard_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WarningDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("email", "email"),
                            ("push", "push"),
                            ("sms", "sms"),
                            ("webhook", "webhook"),
                        ],
                        max_length=24,
                    ),
                ),
                ("receiver", models.CharField(max_length=40)),
                ("urgent", models.BooleanField(default=False)),
                ("send_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                (
                    "why_not",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "expired"),
                            ("replaced", "replaced"),
                            ("never_told", "never_told"),
                        ],
                        max_length=24,
                    ),
                ),
                ("last_error", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="WarningTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "colour",
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
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="WarningTemplateVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("why", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="follow",
            name="follow_once",
        ),
        migrations.AddField(
            model_name="follow",
            name="warnings",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="warning",
            name="alarm",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="warnings",
                to="store.alarm",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("new_report", "new_report"),
                    ("given", "given"),
                    ("task_given", "task_given"),
                    ("rework", "rework"),
                    ("returned", "returned"),
                    ("to_verify", "to_verify"),
                    ("verified", "verified"),
                    ("reopened", "reopened"),
                    ("near_due", "near_due"),
                    ("overdue", "overdue"),
                    ("time_asked", "time_asked"),
                    ("time_answered", "time_answered"),
                    ("escalated", "escalated"),
                    ("alarm", "alarm"),
                    ("warning", "warning"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                fields=("email", "endpoint", "case", "site", "area", "category", "warnings"),
                name="follow_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("warnings", False),
                    models.Q(("area__isnull", False), ("case", None), ("category", None), ("site", None)),
                    _connector="OR",
                ),
                name="warnings_of_an_area",
            ),
        ),
        migrations.AddField(
            model_name="feedrule",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.area"
            ),
        ),
        migrations.AddField(
            model_name="feedrule",
            name="feed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="store.capfeed"
            ),
        ),
        migrations.AddField(
            model_name="heardarea",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.area"
            ),
        ),
        migrations.AddField(
            model_name="heardwarning",
            name="feed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="heard", to="store.capfeed"
            ),
        ),
        migrations.AddField(
            model_name="heardarea",
            name="heard",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="areas", to="store.heardwarning"
            ),
        ),
        migrations.AddField(
            model_name="warningdelivery",
            name="chain",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.warning"
            ),
        ),
        migrations.AddField(
            model_name="warningdelivery",
            name="follow",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.follow"
            ),
        ),
        migrations.AddField(
            model_name="warningdelivery",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="warningdelivery",
            name="warning",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="store.warning"
            ),
        ),
        migrations.AddField(
            model_name="warningdelivery",
            name="webhook",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.webhook"
            ),
        ),
        migrations.AddField(
            model_name="warningtemplate",
            name="device_kind",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.devicekind",
            ),
        ),
        migrations.AddField(
            model_name="warningtemplateversion",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="warningtemplateversion",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="store.warningtemplate",
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="template",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.warningtemplateversion",
            ),
        ),
        migrations.AddIndex(
            model_name="heardwarning",
            index=models.Index(
                condition=models.Q(("state", "in_force")), fields=["expires"], name="heard_in_force"
            ),
        ),
        migrations.AddIndex(
            model_name="heardwarning",
            index=models.Index(fields=["feed", "-heard_at"], name="heard_newest"),
        ),
        migrations.AddIndex(
            model_name="heardwarning",
            index=models.Index(fields=["chain"], name="heard_chain"),
        ),
        migrations.AddConstraint(
            model_name="heardwarning",
            constraint=models.UniqueConstraint(fields=("feed", "entry"), name="heard_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="heardwarning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("identifier", ""), _negated=True),
                fields=("sender", "identifier"),
                name="heard_message_once",
            ),
        ),
        migrations.AddIndex(
            model_name="heardarea",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("area_path"), name="varchar_pattern_ops"),
                name="heard_area",
            ),
        ),
        migrations.AddConstraint(
            model_name="heardarea",
            constraint=models.UniqueConstraint(fields=("heard", "area"), name="heard_area_once"),
        ),
        migrations.AddIndex(
            model_name="warningdelivery",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("sent_at", None), ("why_not", "")),
                fields=["-urgent", "send_at", "id"],
                name="warning_told_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="warningdelivery",
            index=models.Index(fields=["chain", "receiver", "way", "id"], name="warning_told_chain"),
        ),
        migrations.AddConstraint(
            model_name="warningdelivery",
            constraint=models.UniqueConstraint(
                fields=("warning", "way", "receiver"), name="warning_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="warningdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sent_at", None), models.Q(("dead_at", None), ("why_not", "")), _connector="OR"
                ),
                name="warning_sent_or_dead",
            ),
        ),
        migrations.AddConstraint(
            model_name="warningtemplate",
            constraint=models.UniqueConstraint(
                fields=("device_kind", "colour"), name="template_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="warningtemplateversion",
            constraint=models.UniqueConstraint(fields=("template", "version"), name="template_version_once"),
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER append_only ON store_warningtemplateversion"),
    ]
