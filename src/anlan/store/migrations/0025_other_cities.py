"""Other cities, and the cases that go there."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0024_open311"),
    ]

    operations = [
        migrations.CreateModel(
            name="OtherCity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("address", models.URLField(max_length=300)),
                (
                    "form",
                    models.CharField(
                        choices=[("json", "json"), ("xml", "xml")], default="json", max_length=4
                    ),
                ),
                ("jurisdiction_id", models.CharField(blank=True, max_length=100)),
                ("api_key", models.CharField(blank=True, max_length=200)),
                ("service_code", models.CharField(max_length=100)),
                ("sends", models.BooleanField(default=True)),
                ("fetches", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                ("since", models.DateTimeField()),
                ("fetched_at", models.DateTimeField(null=True)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.category"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandedOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("send_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                ("their_id", models.CharField(blank=True, max_length=100)),
                ("their_token", models.CharField(blank=True, max_length=100)),
                ("their_status", models.CharField(blank=True, max_length=20)),
                ("their_notes", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handed_over",
                        to="store.case",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handed_over",
                        to="store.othercity",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None), ("sent_at", None)),
                        fields=["send_at", "id"],
                        name="handed_over_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("city", "case"), name="handed_over_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sent_at", None), ("dead_at", None), _connector="OR"),
                        name="handed_over_sent_or_dead",
                    ),
                ],
            },
        ),
    ]
