"""Cases that came from another city are asked after as those that went there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0053_copies_of_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="handedover",
            name="came",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
