"""Campaigns may be chosen with a reason; of very many cases a thinned list is drawn from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0044_score_revisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="chosen_why",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="campaign",
            name="counted",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="campaign",
            name="every",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="campaign",
            name="rest",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="seed",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.drawseed"
            ),
        ),
    ]
