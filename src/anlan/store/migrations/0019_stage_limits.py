"""How long stages may take, by category and severity, in working time or not."""

import django.db.models.deletion
from django.db import migrations, models

import anlan.cases.limits


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0018_first_seed"),
    ]

    operations = [
        migrations.AddField(
            model_name="stageclock",
            name="amount",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stageclock",
            name="time_unit",
            field=models.CharField(
                choices=[
                    ("emergency hours", "emergency hours"),
                    ("working hours", "working hours"),
                    ("working days", "working days"),
                    ("days", "days"),
                ],
                db_default="emergency hours",
                default=anlan.cases.limits.TimeUnit["EMERGENCY_HOURS"],
                max_length=24,
            ),
        ),
        migrations.CreateModel(
            name="StageLimit",
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
                        blank=True,
                        choices=[
                            ("minor", "minor"),
                            ("moderate", "moderate"),
                            ("serious", "serious"),
                            ("severe", "severe"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("accept", "accept"),
                            ("dispatch", "dispatch"),
                            ("handle", "handle"),
                            ("verify", "verify"),
                            ("close", "close"),
                            ("total", "total"),
                        ],
                        max_length=24,
                    ),
                ),
                ("amount", models.PositiveIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("emergency hours", "emergency hours"),
                            ("working hours", "working hours"),
                            ("working days", "working days"),
                            ("days", "days"),
                        ],
                        max_length=24,
                    ),
                ),
                ("amber_percent", models.PositiveSmallIntegerField(default=67)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stage_limits",
                        to="store.category",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "severity", "stage"), name="one_limit_a_stage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)), name="limit_is_not_nothing"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amber_percent__range", (1, 100))),
                        name="amber_is_within_the_limit",
                    ),
                ],
            },
        ),
    ]
