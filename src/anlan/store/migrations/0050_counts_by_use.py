"""Counts of public cases are kept once for each use: by cell, by cell and month, by months of opening and closing."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

COUNTED = """
    coalesce(anlan_cell_parent(cell, 7), 0) AS cell,
    CASE WHEN split_part(area_path, '.', 2) = '' THEN area_path
    ELSE split_part(area_path, '.', 1) || '.' || split_part(area_path, '.', 2) || '.' END AS county,
    category_id AS category, state, month, closed_month
"""
CHANGED = """
CREATE OR REPLACE FUNCTION anlan_public_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store_publiccountchange (cell, county, category, state, month, closed_month, n)
    SELECT cell, county, category, state, month, closed_month, sum(n) FROM ({rows}) changed
    GROUP BY cell, county, category, state, month, closed_month HAVING sum(n) <> 0;
    RETURN NULL;
END $$;
"""
ADDED = f"SELECT {COUNTED}, 1 AS n FROM after_it WHERE shown"
TAKEN = f"SELECT {COUNTED}, -1 AS n FROM before_it WHERE shown"
FUNCTIONS = "".join(
    CHANGED.format(name=name, rows=rows)
    for name, rows in (("added", ADDED), ("taken", TAKEN), ("moved", f"{ADDED} UNION ALL {TAKEN}"))
)
COUNT_ALL_ANEW = f"""
DELETE FROM store_publiccount;
DELETE FROM store_publiccountchange;
INSERT INTO store_publiccountchange (cell, county, category, state, month, closed_month, n)
SELECT cell, county, category, state, month, closed_month, count(*)
FROM (SELECT {COUNTED} FROM store_publiccase WHERE shown) now
GROUP BY cell, county, category, state, month, closed_month;
"""
"""As changes, which the job that runs every five minutes adds up."""

CLOSED_MONTHS = """
UPDATE store_publiccase SET closed_month = date_trunc('month', closed_at AT TIME ZONE %s)::date
WHERE closed_at IS NOT NULL
"""


def _months(apps: Any, schema_editor: Any) -> None:
    """Write down in which month of the city each case was closed; no counts change by that."""
    schema_editor.execute("ALTER TABLE store_publiccase DISABLE TRIGGER public_moved")
    schema_editor.execute(CLOSED_MONTHS, [settings.TIME_ZONE])
    schema_editor.execute("ALTER TABLE store_publiccase ENABLE TRIGGER public_moved")


STATES = ("received", "in_hand", "done", "not_taken_up", "joined")


def _counted(*more: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("county", models.CharField(max_length=120)),
        ("category", models.BigIntegerField()),
        ("state", models.CharField(choices=[(state, state) for state in STATES], max_length=24)),
        ("n", models.BigIntegerField()),
        *more,
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0049_warnings_told_and_heard"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicCellCount",
            fields=_counted(("cell", models.BigIntegerField())),
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "county", "category", "state"), name="public_cell_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicMonthCount",
            fields=_counted(("month", models.DateField()), ("closed_month", models.DateField(null=True))),
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "category", "state", "month", "closed_month"),
                        name="public_month_count_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddField("publiccase", "closed_month", models.DateField(null=True)),
        migrations.AddField("publiccountchange", "closed_month", models.DateField(null=True)),
        migrations.RemoveIndex("publiccase", "public_cell"),
        migrations.RemoveField("publiccase", "cell_7"),
        migrations.AddIndex("publiccase", models.Index(fields=["cell"], name="public_shown_cell")),
        migrations.AddIndex("publiccount", models.Index(fields=["month"], name="public_count_month")),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunPython(_months, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(COUNT_ALL_ANEW, migrations.RunSQL.noop, elidable=True),
    ]
