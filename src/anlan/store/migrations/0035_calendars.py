"""The city's calendar in versions, and the runs that reckon the ends of open cases anew."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION anlan_keep_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    withdrawing text[] := ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_why'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
       AND to_jsonb(NEW) - withdrawing = to_jsonb(OLD) - withdrawing THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a calendar that was put in force: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER put_in_force BEFORE UPDATE OR DELETE ON store_calendarversion
    FOR EACH ROW WHEN (OLD.put_in_force_at IS NOT NULL) EXECUTE FUNCTION anlan_keep_calendar();
"""
"""What was put in force is let through once, to be withdrawn."""

UNKEEP = """
DROP TRIGGER put_in_force ON store_calendarversion;
DROP FUNCTION anlan_keep_calendar();
"""

PERSON: dict[str, Any] = {"null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0034_alarms"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", ID),
                (
                    "source",
                    models.CharField(choices=[("country", "country"), ("city", "city")], max_length=24),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("revision", models.PositiveIntegerField(default=0)),
                ("drafted_at", models.DateTimeField()),
                ("preview", models.JSONField(null=True)),
                ("in_force_from", models.DateField(null=True)),
                ("put_in_force_at", models.DateTimeField(null=True)),
                ("why", models.TextField(blank=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_why", models.TextField(blank=True)),
                ("drafted_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
                ("put_in_force_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
                ("withdrawn_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
            ],
        ),
        migrations.CreateModel(
            name="CalendarRun",
            fields=[
                ("id", ID),
                ("from_day", models.DateField()),
                ("why", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("after_case", models.BigIntegerField(default=0)),
                ("cases_looked_at", models.PositiveIntegerField(default=0)),
                ("cases_moved", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("asked_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="store.calendarversion",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(fields=("source", "number"), name="calendar_number_once"),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("put_in_force_at", None)),
                fields=("put_in_force_at",),
                name="one_calendar_draft_at_a_time",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("put_in_force_at__isnull", False), ("withdrawn_at", None)),
                fields=("source", "in_force_from"),
                name="one_calendar_version_a_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("put_in_force_at", None),
                    ("source", "country"),
                    ("in_force_from__isnull", False),
                    _connector="OR",
                ),
                name="city_calendar_says_from_when",
            ),
        ),
        migrations.AddIndex(
            model_name="calendarrun",
            index=models.Index(
                condition=models.Q(("finished_at", None)), fields=["id"], name="calendar_run_unfinished"
            ),
        ),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
