"""Photos get a day on which they are erased; those that are there get theirs by the settings of today."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KEPT_FOR = """
UPDATE store_photo photo SET keep_days = CASE
    WHEN photo.report_id IS NULL THEN %(evidence)s
    WHEN EXISTS (SELECT FROM store_report r WHERE r.id = photo.report_id AND r.withdrawn_at IS NOT NULL) THEN 0
    ELSE %(photos)s END
"""
# A photo may stand in a case that was joined to another: it is kept as long as the last of these says. What is
# due at once has 30 days more, in which a city can still decide otherwise.
ERASED_AFTER = """
WITH RECURSIVE standing (id, top) AS (
    SELECT id, id FROM store_case WHERE merged_into_id IS NULL
    UNION ALL
    SELECT joined.id, standing.top FROM store_case joined JOIN standing ON joined.merged_into_id = standing.id
), ended (id, day) AS (
    SELECT standing.id, (max(event.at) AT TIME ZONE %(zone)s)::date
    FROM standing
    JOIN store_case c ON c.id = standing.top AND c.state IN ('closed', 'rejected', 'cancelled')
    JOIN store_caseevent event ON event.case_id = c.id AND event.state_before <> event.state_after
    GROUP BY standing.id
)
UPDATE store_photo photo
SET erase_after = greatest(ended.day + photo.keep_days, (now() AT TIME ZONE %(zone)s)::date + 30)
FROM ended WHERE ended.id = photo.case_id
"""


def date_photos(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the photos that are there their days."""
    facts: dict[str, Any] = {
        "photos": settings.ANLAN_PHOTO_DAYS,
        "evidence": settings.ANLAN_EVIDENCE_DAYS,
        "zone": settings.TIME_ZONE,
    }
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(KEPT_FOR, facts)
        cursor.execute(ERASED_AFTER, facts)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0035_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="erasure",
            name="photo",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="erasures",
                to="store.photo",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="erase_after",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="photo",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="photo",
            name="keep_days",
            field=models.PositiveIntegerField(db_default=180, default=180),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="report",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="erasures",
                to="store.report",
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(("erase_after__isnull", False), ("erased_at", None)),
                fields=["erase_after", "id"],
                name="photo_erased_next",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("report__isnull", False), ("photo__isnull", False), _connector="OR"),
                name="erasure_says_of_what",
            ),
        ),
        migrations.RunPython(date_photos, migrations.RunPython.noop, elidable=True),
    ]
