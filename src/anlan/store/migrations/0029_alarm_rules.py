"""Rules of what is abnormal; their versions and what fired cannot be changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_alarmruleversion
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_rulefiring
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""
UNGUARD = """
DROP TRIGGER append_only ON store_alarmruleversion;
DROP TRIGGER append_only ON store_rulefiring;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0028_extensions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlarmRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("threshold", "threshold"),
                            ("rate", "rate"),
                            ("missing", "missing"),
                            ("stuck", "stuck"),
                            ("agreement", "agreement"),
                            ("baseline", "baseline"),
                            ("cusum", "cusum"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("live", "live"), ("shadow", "shadow"), ("off", "off")], max_length=24
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.area",
                    ),
                ),
                (
                    "device_kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="store.devicekind",
                    ),
                ),
                (
                    "property",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="store.property"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmRuleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("in_force_from", models.DateTimeField()),
                ("why", models.CharField(blank=True, max_length=500)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="store.alarmrule",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleFiring",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("blue", "blue"),
                        ],
                        max_length=24,
                    ),
                ),
                ("values", models.JSONField()),
                ("shadow", models.BooleanField()),
                ("advice", models.BooleanField(default=False)),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firings",
                        to="store.device",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firings",
                        to="store.site",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firings",
                        to="store.alarmruleversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("numbers", models.BinaryField()),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="states",
                        to="store.alarmrule",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.series",
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
        migrations.AddConstraint(
            model_name="alarmruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "version"), name="rule_version_once"),
        ),
        migrations.AddIndex(
            model_name="rulefiring",
            index=models.Index(fields=["version", "-at"], name="firing_version"),
        ),
        migrations.AddIndex(
            model_name="rulefiring",
            index=models.Index(fields=["device", "-at"], name="firing_device"),
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.CheckConstraint(
                condition=models.Q(("device__isnull", False), ("site__isnull", False), _connector="OR"),
                name="firing_is_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulestate",
            constraint=models.UniqueConstraint(fields=("rule", "series"), name="rule_state_of_series"),
        ),
        migrations.AddConstraint(
            model_name="rulestate",
            constraint=models.UniqueConstraint(fields=("rule", "site"), name="rule_state_of_site"),
        ),
        migrations.AddConstraint(
            model_name="rulestate",
            constraint=models.CheckConstraint(
                condition=models.Q(("series", None), ("site", None), _connector="XOR"),
                name="rule_state_of_one",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
