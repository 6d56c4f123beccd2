"""What one network sends in an hour is counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_stage_clocks")]
    operations = [
        migrations.CreateModel(
            name="Sendings",
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
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("network", "hour"), name="sendings_once")]
            },
        ),
    ]
