"""Tasks of other units in a case: their table, and what a case says of them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0013_notice_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit_path", models.CharField(max_length=200)),
                ("area_path", models.CharField(max_length=120)),
                ("what", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "given"),
                            ("in_progress", "in_progress"),
                            ("rectified", "rectified"),
                            ("verified", "verified"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="given",
                        max_length=24,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("stage_since", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("rectified_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("rework_count", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="open_tasks",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="task_reach",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), null=True
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("task_reach"),
                condition=models.Q(("task_reach__isnull", False)),
                name="case_task_reach",
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="store.case"
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="store.unit"
            ),
        ),
        migrations.AddIndex(
            model_name="casetask",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("unit_path"), name="varchar_pattern_ops"),
                name="task_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="casetask",
            index=models.Index(
                condition=models.Q(("state__in", ["verified", "withdrawn"]), _negated=True),
                fields=["due_at", "id"],
                name="task_open_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["verified", "withdrawn"]), _negated=True),
                fields=("case", "unit"),
                name="one_open_task_of_a_unit",
            ),
        ),
    ]
