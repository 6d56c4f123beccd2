"""Additions are stored once; wrong receipt codes are counted."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_database_rules")]
    operations = [
        migrations.AddField(
            model_name="reportaddition",
            name="idempotency_key",
            field=models.UUIDField(default=uuid.uuid4, unique=True),
        ),
        migrations.AlterField(
            model_name="reportaddition",
            name="words",
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name="WrongCodes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.BinaryField(max_length=32)),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("network", "hour"), name="wrong_codes_once")]
            },
        ),
    ]
