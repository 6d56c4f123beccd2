"""Rules that send hazards to units, who is named as responsible, and who followed a closed unit."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE TRIGGER put_in_force BEFORE UPDATE OR DELETE ON store_routingversion
    FOR EACH ROW WHEN (OLD.put_in_force_at IS NOT NULL) EXECUTE FUNCTION anlan_refuse_change();
"""

COUNT_RETURNS = """
UPDATE store_case SET return_count = counted.n
FROM (SELECT case_id, count(*) AS n FROM store_caseevent WHERE step = 'return' GROUP BY case_id) AS counted
WHERE counted.case_id = store_case.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0007_shared_cache"),
    ]

    operations = [
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoutingVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("rules", models.JSONField(default=list)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("drafted_at", models.DateTimeField()),
                ("check_report", models.JSONField(null=True)),
                ("dry_run", models.JSONField(null=True)),
                ("in_force_from", models.DateTimeField(null=True)),
                ("put_in_force_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="return_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="unit",
            name="successor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="store.unit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("stage__in", ["handle", "verify"])),
                fields=["unit", "stage", "due_at"],
                name="case_at_work",
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.area"
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.category"
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="responsibilities", to="store.unit"
            ),
        ),
        migrations.AddField(
            model_name="routingversion",
            name="drafted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routingversion",
            name="put_in_force_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(fields=("area", "category"), name="one_named_unit"),
        ),
        migrations.AddConstraint(
            model_name="routingversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("put_in_force_at", None)),
                fields=("put_in_force_at",),
                name="one_draft_at_a_time",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="routingversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("put_in_force_at", None), ("in_force_from__isnull", False), _connector="OR"
                ),
                name="in_force_says_from_when",
            ),
        ),
        migrations.RunSQL(KEEP, "DROP TRIGGER put_in_force ON store_routingversion"),
        migrations.RunSQL(COUNT_RETURNS, ""),
    ]
