"""The clocks of stages, filled for old cases from their history as far as it is known.

What was promised is taken by the categories' limits of today; an imported case has no stages of ours but the
one it is in. The unit of a stage is the one whose member acted in it, or that has the case since its last
dispatch.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL_PAUSES = """
INSERT INTO store_clockpause (case_id, began_at, ended_at)
SELECT case_id, at, gone_on FROM (
    SELECT case_id, at, state_after, lead(at) OVER (PARTITION BY case_id ORDER BY at, id) AS gone_on
    FROM store_caseevent WHERE state_before <> state_after
) AS moves
WHERE state_after IN ('parked', 'merged');
"""

FILL_STAGES = """
WITH waits(state, stage) AS (VALUES
    ('new', 'accept'), ('accepted', 'dispatch'), ('returned', 'dispatch'), ('reopened', 'dispatch'),
    ('dispatched', 'handle'), ('in_progress', 'handle'), ('rework', 'handle'),
    ('rectified', 'verify'), ('verified', 'close')
), turns AS (
    SELECT e.case_id, e.at, e.id, coalesce(w.stage, '') AS stage,
           lag(coalesce(w.stage, '')) OVER (PARTITION BY e.case_id ORDER BY e.at, e.id) AS before
    FROM store_caseevent e LEFT JOIN waits w ON w.state = e.state_after
    WHERE e.step <> 'imported' AND e.state_after NOT IN ('parked', 'merged')
), begun AS (
    SELECT case_id, stage, at AS began_at, lead(at) OVER (PARTITION BY case_id ORDER BY at, id) AS ended_at
    FROM turns WHERE stage IS DISTINCT FROM before
), ended AS (
    SELECT begun.*, c.due_at AS case_due_at, c.state, c.unit_id, c.unit_path,
           began_at + make_interval(hours => CASE begun.stage
               WHEN 'accept' THEN k.accept_hours WHEN 'dispatch' THEN k.dispatch_hours
               WHEN 'handle' THEN k.handle_hours WHEN 'verify' THEN k.verify_hours ELSE 24 END) AS promised
    FROM begun JOIN store_case c ON c.id = begun.case_id JOIN store_category k ON k.id = c.category_id
    WHERE begun.stage <> ''
)
INSERT INTO store_stageclock
    (case_id, stage, unit_id, unit_path, began_at, promised_due_at, due_at, ended_at, paused_at)
SELECT s.case_id, s.stage, u.id, coalesce(u.path, ''), s.began_at, s.promised,
       CASE WHEN s.ended_at IS NULL AND s.state NOT IN ('parked', 'merged') THEN s.case_due_at
            ELSE s.promised + coalesce((
                SELECT sum(p.ended_at - p.began_at) FROM store_clockpause p
                WHERE p.case_id = s.case_id AND p.began_at >= s.began_at
                      AND p.began_at < coalesce(s.ended_at, 'infinity')), interval '0') END,
       s.ended_at,
       CASE WHEN s.ended_at IS NULL THEN (
           SELECT p.began_at FROM store_clockpause p WHERE p.case_id = s.case_id AND p.ended_at IS NULL) END
FROM ended s
LEFT JOIN store_unit u ON s.stage IN ('handle', 'verify', 'close') AND u.id = coalesce(
    (SELECT e.actor_unit_id FROM store_caseevent e
     WHERE e.case_id = s.case_id AND s.stage = 'handle' AND e.step IN ('start', 'return', 'rectify')
           AND e.at >= s.began_at AND e.at <= coalesce(s.ended_at, 'infinity') ORDER BY e.at LIMIT 1),
    CASE WHEN s.began_at >= (SELECT max(e.at) FROM store_caseevent e
                             WHERE e.case_id = s.case_id AND e.step = 'dispatch') THEN s.unit_id END);
"""

FILL_IMPORTED = """
INSERT INTO store_stageclock (case_id, stage, unit_id, unit_path, began_at, promised_due_at, due_at)
SELECT c.id, c.stage, c.unit_id, c.unit_path, c.stage_since, c.due_at, c.due_at FROM store_case c
WHERE c.stage <> '' AND NOT EXISTS (
    SELECT 1 FROM store_stageclock s WHERE s.case_id = c.id AND s.ended_at IS NULL);
"""

FILL_TOTALS = """
INSERT INTO store_stageclock
    (case_id, stage, unit_path, began_at, promised_due_at, due_at, ended_at, paused_at)
SELECT c.id, 'total', '', c.opened_at, t.promised, t.promised + coalesce((
           SELECT sum(p.ended_at - p.began_at) FROM store_clockpause p WHERE p.case_id = c.id), interval '0'),
       CASE WHEN c.state IN ('closed', 'rejected', 'cancelled') THEN GREATEST(c.opened_at, c.closed_at, (
           SELECT max(e.at) FROM store_caseevent e
           WHERE e.case_id = c.id AND c.closed_at IS NULL AND e.state_before <> e.state_after)) END,
       (SELECT p.began_at FROM store_clockpause p WHERE p.case_id = c.id AND p.ended_at IS NULL)
FROM store_case c JOIN store_category k ON k.id = c.category_id, LATERAL (
    SELECT CASE WHEN NOT EXISTS (
        SELECT 1 FROM store_caseevent e WHERE e.case_id = c.id AND e.step = 'imported'
    ) THEN c.opened_at + make_interval(
        hours => k.accept_hours + k.dispatch_hours + k.handle_hours + k.verify_hours + 24) END AS promised
) t;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_closed_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockPause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="store.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("case",), name="one_pause_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StageClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("unit_path", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField()),
                ("promised_due_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="store.case"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.unit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "began_at"], name="clock_case"),
                    models.Index(
                        condition=models.Q(("ended_at", None), ("paused_at", None)),
                        fields=["due_at", "id"],
                        name="clock_running_due",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at", None), _negated=True),
                        fields=["ended_at"],
                        name="clock_ended",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("case", "stage"),
                        name="one_clock_a_stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("began_at")), _connector="OR"
                        ),
                        name="clock_ends_after_it_began",
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (FILL_PAUSES, FILL_STAGES, FILL_IMPORTED, FILL_TOTALS)
        ),
    ]
