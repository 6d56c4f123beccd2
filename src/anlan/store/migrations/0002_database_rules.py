"""What only the database can promise: history is append-only; points are found by place."""

from django.db import migrations

APPEND_ONLY = ("store_caseevent", "store_staffevent", "store_erasure", "store_reportaddition")

REFUSE = """
CREATE FUNCTION anlan_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""

BY_PLACE = """
CREATE INDEX case_place ON store_case USING gist (point(lng, lat)) WHERE lng IS NOT NULL;
CREATE INDEX site_place ON store_site USING gist (point(lng, lat)) WHERE lng IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION anlan_refuse_change() CASCADE"),
        *(
            migrations.RunSQL(
                GUARD.format(table=table),
                f"DROP TRIGGER append_only ON {table}",
            )
            for table in APPEND_ONLY
        ),
        migrations.RunSQL(BY_PLACE, "DROP INDEX case_place; DROP INDEX site_place"),
    ]
