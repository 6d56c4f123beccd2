"""Warnings to people and drills; what happened to a warning cannot be changed."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import anlan.sensing.terms

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_warningevent
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0025_other_cities"),
    ]

    operations = [
        migrations.CreateModel(
            name="Warning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifier", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("Alert", "Alert"), ("Update", "Update"), ("Cancel", "Cancel")],
                        default=anlan.sensing.terms.MessageKind["ALERT"],
                        max_length=24,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("Actual", "Actual"), ("Exercise", "Exercise"), ("Test", "Test")],
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("waiting", "waiting"),
                            ("issued", "issued"),
                            ("updated", "updated"),
                            ("cancelled", "cancelled"),
                            ("expired", "expired"),
                            ("dropped", "dropped"),
                        ],
                        default=anlan.sensing.terms.WarningState["DRAFT"],
                        max_length=24,
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
                ("category", models.CharField(max_length=16)),
                ("urgency", models.CharField(max_length=16)),
                ("certainty", models.CharField(max_length=16)),
                ("event_zh", models.CharField(max_length=100)),
                ("event_en", models.CharField(blank=True, max_length=100)),
                ("headline_zh", models.CharField(max_length=200)),
                ("headline_en", models.CharField(blank=True, max_length=200)),
                ("description_zh", models.TextField(blank=True)),
                ("description_en", models.TextField(blank=True)),
                ("instruction_zh", models.TextField(blank=True)),
                ("instruction_en", models.TextField(blank=True)),
                ("area_path", models.CharField(max_length=120)),
                ("unit_path", models.CharField(max_length=200)),
                ("polygon", models.JSONField(blank=True, default=list)),
                ("onset", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("references", models.CharField(blank=True, max_length=1000)),
                ("sender", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(null=True)),
                ("document", models.TextField(blank=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="store.area"
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="store.warning",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="store.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WarningEvent",
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
                            ("draft", "draft"),
                            ("change", "change"),
                            ("hand_in", "hand_in"),
                            ("send_back", "send_back"),
                            ("issue", "issue"),
                            ("replace", "replace"),
                            ("cancel", "cancel"),
                            ("expire", "expire"),
                            ("drop", "drop"),
                        ],
                        max_length=24,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
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
                    "warning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="store.warning"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Drill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_path", models.CharField(max_length=120)),
                ("words", models.CharField(max_length=200)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drills", to="store.area"
                    ),
                ),
                (
                    "began_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("area",), name="one_open_drill"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("area_path"), name="varchar_pattern_ops"),
                name="warning_area",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                condition=models.Q(("state", "issued")), fields=["expires"], name="warning_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires__gt", models.F("onset"))), name="warning_ends_after_onset"
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "waiting", "dropped"]),
                    models.Q(("sent_at__isnull", False), models.Q(("document", ""), _negated=True)),
                    _connector="OR",
                ),
                name="issued_warning_has_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "dropped"), _negated=True),
                fields=("follows",),
                name="one_message_follows",
            ),
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER append_only ON store_warningevent"),
    ]
