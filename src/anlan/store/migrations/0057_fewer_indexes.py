"""Indexes that others contain, or that held a NULL for most rows, go; runs of the calendar get lanes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LANES = """
INSERT INTO store_calendarlane (run_id, after_case)
SELECT id, after_case FROM store_calendarrun WHERE finished_at IS NULL
"""
"""Runs that were on their way go on where they were."""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0056_narrow_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("after_case", models.BigIntegerField()),
                ("last_case", models.BigIntegerField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="calendarlane",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lanes", to="store.calendarrun"
            ),
        ),
        migrations.RunSQL(LANES, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveConstraint(
            model_name="stageclock",
            name="one_clock_a_task",
        ),
        migrations.RemoveIndex(
            model_name="stageclock",
            name="clock_running_due",
        ),
        migrations.RemoveField(
            model_name="calendarrun",
            name="after_case",
        ),
        migrations.AlterField(
            model_name="case",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="store.category",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_cases",
                to="store.case",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="site",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="store.site",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="actor_unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.unit",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="store.case",
            ),
        ),
        migrations.AlterField(
            model_name="stageclock",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="store.case",
            ),
        ),
        migrations.AlterField(
            model_name="stageclock",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.unit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="case_merged_into",
            ),
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(
                condition=models.Q(("actor__isnull", False)), fields=["actor"], name="case_event_actor"
            ),
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(
                condition=models.Q(("actor_unit__isnull", False)),
                fields=["actor_unit"],
                name="case_event_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="stageclock",
            index=models.Index(
                condition=models.Q(("unit__isnull", False)), fields=["unit"], name="clock_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="stageclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("task__isnull", False)),
                fields=("task",),
                name="one_clock_a_task",
            ),
        ),
    ]
