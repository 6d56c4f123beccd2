"""What clients of SensorThings say of the Datastreams that they make, and the keys they write with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0021_publication"),
    ]

    operations = [
        migrations.AddField(
            model_name="property",
            name="observed_as",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="also",
                to="store.property",
            ),
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(choices=[("sensing", "sensing")], max_length=24)),
                ("name", models.CharField(max_length=100)),
                ("secret_sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("scope", "name"),
                        name="one_key_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Datastream",
            fields=[
                (
                    "series",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stream",
                        serialize=False,
                        to="store.series",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("properties", models.JSONField(default=dict)),
                ("unit", models.JSONField(default=dict)),
                ("observation_type", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                (
                    "sensor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.devicekind"
                    ),
                ),
            ],
        ),
    ]
