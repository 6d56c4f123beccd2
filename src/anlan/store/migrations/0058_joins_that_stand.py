"""Scores know which joins stand, and for which cases verifiers were drawn anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0057_fewer_indexes")]

    operations = [
        migrations.AddField(
            model_name="scoredcase",
            name="merge_stands",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="scoredcase",
            name="redrawn",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
