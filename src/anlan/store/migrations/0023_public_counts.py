"""Counts of public cases that are kept by triggers, so that a map of a million is read from a few thousand rows."""

from django.db import migrations, models

PARENT = """
CREATE FUNCTION anlan_cell_parent(cell bigint, resolution integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- H3: the resolution lies in bits 52 to 55, below it three bits for each digit, 7 where there is none
    SELECT CASE WHEN ((cell >> 52) & 15) <= resolution THEN cell
    ELSE (cell & ~(15::bigint << 52)) | (resolution::bigint << 52) | ((1::bigint << (3 * (15 - resolution))) - 1)
    END
$$;
"""

COUNTED = """
    coalesce(anlan_cell_parent(cell, 6), 0) AS cell,
    CASE WHEN split_part(area_path, '.', 2) = '' THEN area_path
    ELSE split_part(area_path, '.', 1) || '.' || split_part(area_path, '.', 2) || '.' END AS county,
    category_id AS category, state, month
"""

CHANGED = """
CREATE FUNCTION anlan_public_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store_publiccountchange (cell, county, category, state, month, n)
    SELECT cell, county, category, state, month, sum(n) FROM ({rows}) changed
    GROUP BY cell, county, category, state, month HAVING sum(n) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER public_{name} AFTER {event} ON store_publiccase {tables}
FOR EACH STATEMENT EXECUTE FUNCTION anlan_public_{name}();
"""
ADDED = f"SELECT {COUNTED}, 1 AS n FROM after_it WHERE shown"
TAKEN = f"SELECT {COUNTED}, -1 AS n FROM before_it WHERE shown"
TRIGGERS = "".join(
    (
        CHANGED.format(name="added", event="INSERT", rows=ADDED, tables="REFERENCING NEW TABLE AS after_it"),
        CHANGED.format(name="taken", event="DELETE", rows=TAKEN, tables="REFERENCING OLD TABLE AS before_it"),
        CHANGED.format(
            name="moved",
            event="UPDATE",
            rows=f"{ADDED} UNION ALL {TAKEN}",
            tables="REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it",
        ),
    )
)
COUNT_NOW = f"""
INSERT INTO store_publiccount (cell, county, category, state, month, n)
SELECT cell, county, category, state, month, count(*)
FROM (SELECT {COUNTED} FROM store_publiccase WHERE shown) now GROUP BY cell, county, category, state, month;
"""
BACK = "".join(
    f"DROP TRIGGER public_{name} ON store_publiccase; DROP FUNCTION anlan_public_{name}();"
    for name in ("added", "taken", "moved")
)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0022_datastreams_and_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicCountChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cell", models.BigIntegerField()),
                ("county", models.CharField(max_length=120)),
                ("category", models.BigIntegerField()),
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
                ("month", models.DateField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PublicCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cell", models.BigIntegerField()),
                ("county", models.CharField(max_length=120)),
                ("category", models.BigIntegerField()),
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
                ("month", models.DateField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cell", "county", "category", "state", "month"), name="public_count_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(PARENT, "DROP FUNCTION anlan_cell_parent(bigint, integer)"),
        migrations.RunSQL(TRIGGERS + COUNT_NOW, BACK),
    ]
