"""Devices, and their readings in tables cut by time. Triggers only where no reading is written."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import anlan.places.terms
import anlan.sensing.terms

OBSERVATION = """
CREATE TABLE observation (
    series integer NOT NULL,
    at timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (series, at)
) PARTITION BY RANGE (at);
CREATE INDEX observation_at ON observation USING brin (at);
"""

ROLL_UP = """
CREATE TABLE {table} (
    series integer NOT NULL,
    at timestamp with time zone NOT NULL,
    count integer NOT NULL CHECK (count >= 0),
    sum double precision NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    PRIMARY KEY (series, at)
) PARTITION BY RANGE (at);
"""

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON store_deviceevent
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""

BY_PLACE = "CREATE INDEX device_place ON store_device USING gist (point(lng, lat)) WHERE lng IS NOT NULL"

# a row that changes with every batch finds room in its own page, so that no index is touched
ROOM_TO_UPDATE = "ALTER TABLE latest_value SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0019_stage_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceKind",
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
                ("is_camera", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="IngestOffset",
            fields=[
                ("stream", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "ingest_offset",
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Property",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=64)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                ("unit", models.CharField(max_length=32)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("interval_seconds", models.PositiveIntegerField()),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="properties",
                        to="store.devicekind",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuarantineCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "device",
                        "day",
                        "reason",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("device", models.CharField(max_length=64)),
                ("day", models.DateField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("malformed", "malformed"),
                            ("unknown_device", "unknown_device"),
                            ("unknown_property", "unknown_property"),
                            ("not_its_own", "not_its_own"),
                            ("no_zone", "no_zone"),
                            ("future", "future"),
                            ("too_old", "too_old"),
                            ("wrong_unit", "wrong_unit"),
                            ("not_a_number", "not_a_number"),
                            ("out_of_range", "out_of_range"),
                            ("too_many", "too_many"),
                        ],
                        max_length=24,
                    ),
                ),
                ("count", models.BigIntegerField()),
            ],
            options={
                "db_table": "quarantine_count",
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listening_since", models.DateTimeField()),
                ("swept_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("is_camera", models.BooleanField(default=False)),
                ("area_path", models.CharField(max_length=120)),
                ("unit_path", models.CharField(blank=True, max_length=200)),
                ("lng", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                (
                    "source_crs",
                    models.CharField(
                        choices=[("wgs84", "wgs84"), ("gcj02", "gcj02"), ("bd09", "bd09")],
                        default=anlan.places.terms.Crs["WGS84"],
                        max_length=24,
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=200)),
                ("legal_basis", models.CharField(blank=True, max_length=200)),
                ("keeps_days", models.PositiveIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("installed", "installed"),
                            ("broken", "broken"),
                            ("removed", "removed"),
                        ],
                        default=anlan.sensing.terms.Lifecycle["REGISTERED"],
                        max_length=24,
                    ),
                ),
                ("installed_on", models.DateField(null=True)),
                ("inspected_on", models.DateField(null=True)),
                ("removed_on", models.DateField(null=True)),
                ("interval_seconds", models.PositiveIntegerField(null=True)),
                ("battery", models.PositiveSmallIntegerField(null=True)),
                ("firmware", models.CharField(blank=True, max_length=64)),
                ("gateway", models.CharField(blank=True, max_length=64)),
                ("muted_until", models.DateTimeField(null=True)),
                ("muted_why", models.CharField(blank=True, max_length=200)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to="store.area"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="store.site",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="store.unit",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="store.devicekind",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KindVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("profile", models.JSONField()),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="store.devicekind",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LatestValue",
            fields=[
                (
                    "series",
                    models.OneToOneField(
                        db_column="series",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="latest",
                        serialize=False,
                        to="store.series",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("value", models.FloatField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "latest_value",
            },
        ),
        migrations.AddField(
            model_name="series",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="series", to="store.device"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(OBSERVATION, "DROP TABLE observation")],
            state_operations=[
                migrations.CreateModel(
                    name="Observation",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "series_id",
                                "at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("value", models.FloatField()),
                        (
                            "series",
                            models.ForeignKey(
                                db_column="series",
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="store.series",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "observation",
                    },
                )
            ],
        ),
        migrations.CreateModel(
            name="ObservationDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "series_id", "at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("sum", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                (
                    "series",
                    models.ForeignKey(
                        db_column="series",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="store.series",
                    ),
                ),
            ],
            options={
                "db_table": "observation_day",
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ROLL_UP.format(table="observation_hour"), "DROP TABLE observation_hour")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="ObservationHour",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "series_id",
                                "at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("count", models.PositiveIntegerField()),
                        ("sum", models.FloatField()),
                        ("low", models.FloatField()),
                        ("high", models.FloatField()),
                        (
                            "series",
                            models.ForeignKey(
                                db_column="series",
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="store.series",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "observation_hour",
                    },
                )
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ROLL_UP.format(table="observation_minute"), "DROP TABLE observation_minute")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="ObservationMinute",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "series_id",
                                "at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("count", models.PositiveIntegerField()),
                        ("sum", models.FloatField()),
                        ("low", models.FloatField()),
                        ("high", models.FloatField()),
                        (
                            "series",
                            models.ForeignKey(
                                db_column="series",
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="store.series",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "observation_minute",
                    },
                )
            ],
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("area", "area"), ("gateway", "gateway"), ("device", "device")],
                        max_length=24,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("area_path", models.CharField(max_length=120)),
                ("began_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("devices", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            models.F("area_path"), name="varchar_pattern_ops"
                        ),
                        name="outage_area",
                    ),
                    models.Index(fields=["-began_at"], name="outage_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("scope", "key"),
                        name="one_open_outage",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="series",
            name="property",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="series", to="store.property"
            ),
        ),
        migrations.CreateModel(
            name="Quarantined",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device", models.CharField(max_length=64)),
                ("property", models.CharField(max_length=64)),
                ("payload", models.CharField(max_length=500)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("malformed", "malformed"),
                            ("unknown_device", "unknown_device"),
                            ("unknown_property", "unknown_property"),
                            ("not_its_own", "not_its_own"),
                            ("no_zone", "no_zone"),
                            ("future", "future"),
                            ("too_old", "too_old"),
                            ("wrong_unit", "wrong_unit"),
                            ("not_a_number", "not_a_number"),
                            ("out_of_range", "out_of_range"),
                            ("too_many", "too_many"),
                        ],
                        max_length=24,
                    ),
                ),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "quarantined",
                "indexes": [models.Index(fields=["device", "-received_at"], name="quarantined_device")],
            },
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("figure", models.CharField(max_length=24)),
                ("part", models.PositiveIntegerField()),
                ("whole", models.PositiveIntegerField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.area"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("area", "figure", "day"), name="coverage_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("part__lte", models.F("whole")), ("whole__gt", 0)),
                        name="coverage_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceLiveness",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="liveness",
                        serialize=False,
                        to="store.device",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("online", "online"),
                            ("late", "late"),
                            ("offline", "offline"),
                            ("muted", "muted"),
                        ],
                        max_length=24,
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "outage",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="store.outage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("username", models.CharField(max_length=64)),
                ("secret_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="store.device",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("username",),
                        name="one_credential_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=40)),
                ("changes", models.JSONField(default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="store.device"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["device", "at"], name="device_event_device")],
            },
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("area_path"), name="varchar_pattern_ops"),
                name="device_area",
            ),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("unit_path"), name="varchar_pattern_ops"),
                name="device_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["kind", "id"], name="device_kind"),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(
                condition=models.Q(("gateway", ""), _negated=True), fields=["gateway"], name="device_gateway"
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", "^[A-Za-z0-9_-]{1,64}$")), name="device_name_fits_a_topic"
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_camera", False),
                    models.Q(
                        ("keeps_days__gt", 0),
                        models.Q(("purpose", ""), _negated=True),
                        models.Q(("legal_basis", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="camera_says_why_and_how_long",
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.CheckConstraint(
                condition=models.Q(("battery", None), ("battery__lte", 100), _connector="OR"),
                name="battery_in_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="kindversion",
            constraint=models.UniqueConstraint(fields=("kind", "version"), name="kind_version_once"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(fields=("device", "property"), name="series_once"),
        ),
        migrations.AddConstraint(
            model_name="property",
            constraint=models.UniqueConstraint(fields=("kind", "code"), name="property_once"),
        ),
        migrations.AddConstraint(
            model_name="property",
            constraint=models.CheckConstraint(
                condition=models.Q(("interval_seconds__gt", 0)), name="property_interval"
            ),
        ),
        migrations.AddIndex(
            model_name="deviceliveness",
            index=models.Index(fields=["state"], name="liveness_state"),
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER append_only ON store_deviceevent"),
        migrations.RunSQL(BY_PLACE, "DROP INDEX device_place"),
        migrations.RunSQL(ROOM_TO_UPDATE, migrations.RunSQL.noop),
    ]
