"""Streams are known by when they were made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0046_held_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="ingestoffset",
            name="identity",
            field=models.CharField(default="", max_length=40),
        ),
    ]
