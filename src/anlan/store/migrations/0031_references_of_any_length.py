"""A warning of many updates names every message before it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0030_exact_addresses"),
    ]

    operations = [
        migrations.AlterField(
            model_name="warning",
            name="references",
            field=models.TextField(blank=True),
        ),
    ]
