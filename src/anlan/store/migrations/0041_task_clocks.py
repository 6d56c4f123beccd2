"""Tasks have clocks, cases say from when on they are near their end, and no case closes over an open task."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

NEAR = """
UPDATE store_case c SET near_at = k.near_at FROM store_stageclock k
WHERE k.case_id = c.id AND k.stage = c.stage AND k.ended_at IS NULL AND k.paused_at IS NULL
"""
TASKS = """
UPDATE store_casetask t SET near_at = t.stage_since + (t.due_at - t.stage_since) * 2 / 3
FROM store_case c
WHERE c.id = t.case_id AND t.due_at IS NOT NULL AND c.state NOT IN ('closed', 'rejected', 'cancelled')
"""
TASK_CLOCKS = """
INSERT INTO store_stageclock
    (case_id, task_id, stage, unit_id, unit_path, began_at, promised_due_at, due_at, near_at, rung, paused_at)
SELECT t.case_id, t.id, CASE t.state WHEN 'rectified' THEN 'task_verify' ELSE 'task_handle' END,
       t.unit_id, t.unit_path, t.stage_since, t.due_at, t.due_at, t.near_at, 0, p.began_at
FROM store_casetask t
LEFT JOIN store_clockpause p ON p.case_id = t.case_id AND p.ended_at IS NULL
WHERE t.near_at IS NOT NULL
"""
TOTALS = """
UPDATE store_stageclock
SET rung = CASE WHEN due_at + interval '7 days' <= now() THEN 5 WHEN due_at + interval '3 days' <= now() THEN 4
                WHEN due_at + interval '1 day' <= now() THEN 3 WHEN due_at <= now() THEN 2 ELSE 1 END
WHERE stage = 'total' AND ended_at IS NULL AND near_at <= now()
"""
"""What was over before anybody swept whole cases is not told all at once now; its next rung is."""

GUARD = """
CREATE FUNCTION anlan_refuse_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM store_casetask t WHERE t.case_id = NEW.id AND t.state NOT IN ('verified', 'withdrawn'))
    THEN
        RAISE EXCEPTION 'case % has open tasks: closing refused', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_without_open_tasks BEFORE UPDATE OF state ON store_case
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION anlan_refuse_closing();
"""
UNGUARD = """
DROP TRIGGER closed_without_open_tasks ON store_case;
DROP FUNCTION anlan_refuse_closing();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0040_sealed_factors"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="stageclock",
            name="one_clock_a_stage",
        ),
        migrations.AddField(
            model_name="case",
            name="near_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="casetask",
            name="drawn_verifiers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="near_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="escalation",
            name="told_rung",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stageclock",
            name="task",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="store.casetask",
            ),
        ),
        migrations.AlterField(
            model_name="draw",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("verifiers", "verifiers"),
                    ("second_check", "second_check"),
                    ("task", "task"),
                    ("supervision", "supervision"),
                ],
                max_length=24,
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
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="residentanswer",
            name="effect",
            field=models.CharField(
                choices=[
                    ("closes", "closes"),
                    ("verifies", "verifies"),
                    ("noted", "noted"),
                    ("sent_back", "sent_back"),
                    ("reopens", "reopens"),
                    ("too_late", "too_late"),
                    ("repeated", "repeated"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="stageclock",
            name="stage",
            field=models.CharField(
                choices=[
                    ("accept", "accept"),
                    ("dispatch", "dispatch"),
                    ("handle", "handle"),
                    ("verify", "verify"),
                    ("close", "close"),
                    ("check", "check"),
                    ("total", "total"),
                    ("task_handle", "task_handle"),
                    ("task_verify", "task_verify"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="stagelimit",
            name="stage",
            field=models.CharField(
                choices=[
                    ("accept", "accept"),
                    ("dispatch", "dispatch"),
                    ("handle", "handle"),
                    ("verify", "verify"),
                    ("close", "close"),
                    ("check", "check"),
                    ("total", "total"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="stageclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("task", None)),
                fields=("case", "stage"),
                name="one_clock_a_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="stageclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("task",), name="one_clock_a_task"
            ),
        ),
        migrations.AddIndex(
            model_name="stageclock",
            index=models.Index(fields=["task"], condition=~models.Q(task=None), name="clock_task"),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        *(migrations.RunSQL(fill, migrations.RunSQL.noop) for fill in (NEAR, TASKS, TASK_CLOCKS, TOTALS)),
    ]
