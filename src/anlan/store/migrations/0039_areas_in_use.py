"""Areas say whether they are in use today; those that ended before their last day came go on until then."""

from django.db import migrations, models

ENDED = "UPDATE store_area SET in_use = false WHERE valid_to < CURRENT_DATE"


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0038_alarm_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="area", name="in_use", field=models.BooleanField(db_default=True, default=True)
        ),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="area",
            index=models.Index(
                condition=models.Q(("in_use", True), ("valid_to__isnull", False)),
                fields=["valid_to"],
                name="area_ends",
            ),
        ),
    ]
