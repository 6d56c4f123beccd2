"""Who rectified a case or a task last, and so may not verify it; of those that stand, by their history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CASES = """
UPDATE store_case SET rectified_by_id = last.actor_id
FROM (
    SELECT DISTINCT ON (case_id) case_id, actor_id FROM store_caseevent
    WHERE step = 'rectify' AND actor_id IS NOT NULL ORDER BY case_id, at DESC, id DESC
) last
WHERE last.case_id = store_case.id AND store_case.rectified_at IS NOT NULL
"""
TASKS = """
UPDATE store_casetask SET rectified_by_id = last.actor_id
FROM (
    SELECT DISTINCT ON (changes -> 'task' -> 0) (changes -> 'task' ->> 0)::bigint AS task, actor_id
    FROM store_caseevent WHERE step = 'task_rectify' AND actor_id IS NOT NULL
    ORDER BY changes -> 'task' -> 0, at DESC, id DESC
) last
WHERE last.task = store_casetask.id AND store_casetask.rectified_at IS NOT NULL
"""


def column() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0032_asked_codes"),
    ]

    operations = [
        migrations.AddField(model_name="case", name="rectified_by", field=column()),
        migrations.AddField(model_name="casetask", name="rectified_by", field=column()),
        migrations.RunSQL(CASES, migrations.RunSQL.noop),
        migrations.RunSQL(TASKS, migrations.RunSQL.noop),
    ]
