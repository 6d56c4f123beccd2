"""Reports that wait for a person, and the counts and proofs by which it is told which."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_heldlook
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0045_chosen_campaigns"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("same_words", "same_words"),
                            ("same_place", "same_place"),
                            ("link", "link"),
                            ("pot", "pot"),
                            ("pace", "pace"),
                        ],
                        max_length=24,
                    ),
                ),
                ("mark", models.BinaryField(max_length=32, null=True)),
                ("began_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mark__isnull", False)),
                        fields=("why", "mark"),
                        name="held_group_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SentCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("network", "network"),
                            ("plain", "plain"),
                            ("words", "words"),
                            ("place", "place"),
                            ("mail", "mail"),
                            ("file", "file"),
                        ],
                        max_length=24,
                    ),
                ),
                ("mark", models.BinaryField(max_length=32)),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="sent_count_hour")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "mark", "hour"), name="sent_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SpentProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BinaryField(max_length=32, unique=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="spent_proof_expires")],
            },
        ),
        migrations.CreateModel(
            name="HeldLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="store.heldgroup",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("group", "user", "day"), name="held_look_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("same_words", "same_words"),
                                ("same_place", "same_place"),
                                ("link", "link"),
                                ("pot", "pot"),
                                ("pace", "pace"),
                            ],
                            max_length=24,
                        )
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("idempotency_key", models.UUIDField(unique=True)),
                ("receipt_hash", models.BinaryField(max_length=32, unique=True)),
                ("area_path", models.CharField(max_length=120)),
                ("is_urgent", models.BooleanField()),
                ("told", models.JSONField()),
                (
                    "pictures",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("let_in", "let_in"),
                            ("let_in_together", "let_in_together"),
                            ("set_aside", "set_aside"),
                        ],
                        max_length=24,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_why", models.TextField(blank=True)),
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
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.unit",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="store.heldgroup",
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held",
                        to="store.report",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            models.F("area_path"), name="varchar_pattern_ops"
                        ),
                        name="held_area",
                    ),
                    models.Index(
                        condition=models.Q(("decided_at", None)),
                        fields=["group", "received_at"],
                        name="held_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("decided_at", None), _negated=True),
                        fields=["-decided_at"],
                        name="held_decided",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decision", "")),
                            models.Q(
                                models.Q(("decision", ""), _negated=True), ("decided_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="held_decision_says_when",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER append_only ON store_heldlook"),
    ]
