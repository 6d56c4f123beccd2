"""What takes something from the public leaves a row, by which kept pages are known to be out of date."""

from django.db import migrations, models

NOTED = """
CREATE FUNCTION anlan_public_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store_publicwithdrawal (tx, at) VALUES (pg_current_xact_id()::text::bigint, now())
    ON CONFLICT (tx, at) DO NOTHING;
    RETURN NULL;
END $$;
"""
OF_CASES = """
CREATE TRIGGER public_withdrawn AFTER UPDATE ON store_publiccase FOR EACH ROW
WHEN (OLD.shown AND
    (OLD.shown, OLD.words, OLD.done_words, OLD.address, OLD.category_id, OLD.area_id, OLD.site_id,
     OLD.place_rule, OLD.lng, OLD.lat, OLD.cell) IS DISTINCT FROM
    (NEW.shown, NEW.words, NEW.done_words, NEW.address, NEW.category_id, NEW.area_id, NEW.site_id,
     NEW.place_rule, NEW.lng, NEW.lat, NEW.cell))
EXECUTE FUNCTION anlan_public_withdrawn();
CREATE TRIGGER public_withdrawn_with_case AFTER DELETE ON store_publiccase FOR EACH ROW WHEN (OLD.shown)
EXECUTE FUNCTION anlan_public_withdrawn();
"""
OF_PHOTOS = """
CREATE TRIGGER public_photo_withdrawn AFTER UPDATE ON store_publicphoto FOR EACH ROW
WHEN (OLD.covered_id IS NOT NULL AND (OLD.state, OLD.covered_id) IS DISTINCT FROM (NEW.state, NEW.covered_id))
EXECUTE FUNCTION anlan_public_withdrawn();
CREATE TRIGGER public_photo_withdrawn_with_row AFTER DELETE ON store_publicphoto FOR EACH ROW
WHEN (OLD.covered_id IS NOT NULL) EXECUTE FUNCTION anlan_public_withdrawn();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0054_cases_that_came"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tx", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tx", "at"), name="public_withdrawal_once"),
                ],
            },
        ),
        migrations.RunSQL(NOTED, "DROP FUNCTION anlan_public_withdrawn() CASCADE"),
        migrations.RunSQL(OF_CASES, migrations.RunSQL.noop),
        migrations.RunSQL(OF_PHOTOS, migrations.RunSQL.noop),
    ]
