"""Who was told of a stage that is near its end or over it; running stages learn where they turn amber."""

import django.db.models.deletion
from django.db import migrations, models

FILL_NEAR = """
UPDATE store_stageclock SET near_at = began_at + (due_at - began_at) * (2.0 / 3)
WHERE ended_at IS NULL AND due_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_scores"),
    ]

    operations = [
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rung", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("hears", models.BooleanField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="stageclock",
            name="near_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stageclock",
            name="rung",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="stageclock",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("paused_at", None), ("rung__lt", 5)),
                fields=["near_at", "id"],
                name="clock_near",
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="store.case"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="store.stageclock"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="told_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.unit"
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["case", "at"], name="escalation_case"),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("hears", True), ("told_at", None)),
                fields=["id"],
                name="escalation_untold",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(fields=("clock", "rung"), name="each_rung_once"),
        ),
        migrations.RunSQL(FILL_NEAR, migrations.RunSQL.noop),
    ]
