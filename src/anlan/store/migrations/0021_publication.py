"""What the public sees of cases, and who follows them; the cases that are there are published."""

import uuid
from typing import Any

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import anlan.publishing.terms
from anlan.cases.terms import State
from anlan.publishing.places import public_place
from anlan.publishing.public_states import PUBLIC
from anlan.publishing.terms import PlaceRule

BLOCK = 2000


def publish_known_cases(apps: Any, schema_editor: Any) -> None:
    """What the public may see of the cases that are there: no words, places by the rule of most kinds."""
    cases, published = apps.get_model("store", "Case").objects, apps.get_model("store", "PublicCase").objects
    kinds = dict(apps.get_model("store", "Area").objects.values_list("pk", "kind"))
    columns = ("pk", "state", "category_id", "area_id", "area_path", "lng", "lat", "opened_at", "closed_at")
    last = 0
    while block := list(cases.filter(pk__gt=last).order_by("pk").values(*columns)[:BLOCK]):
        published.bulk_create([published.model(**_facts(row, kinds[row["area_id"]])) for row in block])
        last = block[-1]["pk"]


def _facts(row: dict[str, Any], area_kind: str) -> dict[str, Any]:
    homes = settings.ANLAN_PUBLIC_CELL_HOMES
    place = public_place(PlaceRule.CELL, row["lng"], row["lat"], area_kind=area_kind, homes=homes)
    shown = {name: row[name] for name in ("category_id", "area_id", "area_path", "opened_at", "closed_at")}
    return shown | {
        "case_id": row["pk"],
        "shown": True,
        "state": PUBLIC[State(row["state"])],
        "month": timezone.localdate(row["opened_at"]).replace(day=1),
        "updated_at": row["closed_at"] or row["opened_at"],
        "place_rule": place.rule,
        "lng": place.lng,
        "lat": place.lat,
        "cell": place.cell,
    }


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_devices"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="public_place",
            field=models.CharField(
                choices=[("exact", "exact"), ("cell", "cell"), ("area", "area"), ("never", "never")],
                db_default=anlan.publishing.terms.PlaceRule["CELL"],
                default=anlan.publishing.terms.PlaceRule["CELL"],
                max_length=24,
            ),
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("endpoint", models.URLField(blank=True, max_length=600)),
                ("keys", models.JSONField(default=dict)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("made_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.area",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.case",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.category",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FollowNews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("send_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.caseevent"
                    ),
                ),
                (
                    "follow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="store.follow"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PublicCase",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="published",
                        serialize=False,
                        to="store.case",
                    ),
                ),
                ("shown", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("in_hand", "in_hand"),
                            ("done", "done"),
                            ("not_taken_up", "not_taken_up"),
                            ("joined", "joined"),
                        ],
                        max_length=24,
                    ),
                ),
                ("area_path", models.CharField(max_length=120)),
                ("month", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "place_rule",
                    models.CharField(
                        choices=[("exact", "exact"), ("cell", "cell"), ("area", "area"), ("never", "never")],
                        max_length=24,
                    ),
                ),
                ("lng", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("cell", models.BigIntegerField(null=True)),
                ("cell_7", models.BigIntegerField(null=True)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("words", models.TextField(blank=True)),
                ("cleared_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.area"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.category"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.site",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(
                condition=models.Q(("confirmed_at", None)), fields=["made_at"], name="follow_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                fields=("email", "endpoint", "case", "site", "area", "category"),
                name="follow_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", ""), ("endpoint", ""), _connector="XOR"),
                name="follow_by_mail_or_browser",
            ),
        ),
        migrations.AddIndex(
            model_name="follownews",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("sent_at", None)),
                fields=["send_at", "id"],
                name="follow_news_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="follownews",
            constraint=models.UniqueConstraint(fields=("follow", "event"), name="follow_news_once"),
        ),
        migrations.AddIndex(
            model_name="publiccase",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("area_path"), name="varchar_pattern_ops"),
                name="public_area",
            ),
        ),
        migrations.AddIndex(
            model_name="publiccase",
            index=models.Index(fields=["-opened_at", "-case"], name="public_opened"),
        ),
        migrations.AddIndex(
            model_name="publiccase",
            index=models.Index(fields=["cell_7"], name="public_cell"),
        ),
        migrations.AddIndex(
            model_name="publiccase",
            index=models.Index(fields=["category", "-opened_at"], name="public_category"),
        ),
        migrations.AddIndex(
            model_name="publiccase",
            index=models.Index(fields=["-updated_at", "-case"], name="public_updated"),
        ),
        migrations.AddIndex(
            model_name="publiccase",
            index=models.Index(
                condition=models.Q(("site__isnull", False)), fields=["site"], name="public_site"
            ),
        ),
        migrations.RunPython(publish_known_cases, migrations.RunPython.noop, elidable=True),
    ]
