from django.db import migrations, models

NOT_EXACT = """
UPDATE store_publiccase SET address = '', words = '', cleared_at = NULL
WHERE address <> '' AND place_rule <> 'exact'
"""


class Migration(migrations.Migration):
    """An address is public only where the place is exact; those of cases that changed their kind go."""

    dependencies = (("store", "0029_alarm_rules"),)

    operations = (
        migrations.RunSQL(NOT_EXACT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="publiccase",
            constraint=models.CheckConstraint(
                condition=models.Q(("address", ""), ("place_rule", "exact"), _connector="OR"),
                name="public_address_of_exact_place",
            ),
        ),
    )
