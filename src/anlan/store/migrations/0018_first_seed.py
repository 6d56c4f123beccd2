"""The first seed of draws is made with the database, so that its commitment is public before any draw."""

import secrets
from typing import Any

from django.db import migrations
from django.utils import timezone

from anlan.cases.drawing import commitment


def make_seed(apps: Any, schema_editor: Any) -> None:
    """A seed where there is none."""
    seeds = apps.get_model("store", "DrawSeed").objects
    if not seeds.exists():
        seed = secrets.token_bytes(32)
        seeds.create(seed=seed, commitment=commitment(seed), made_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_score_nights"),
    ]

    operations = [
        migrations.RunPython(make_seed, migrations.RunPython.noop, elidable=False),
    ]
