"""Words to search by that were stored before wide letters and digits became narrow ones (cases/words.py)."""

from django.db import migrations

NARROW = """
UPDATE store_case SET words = array_to_tsvector(ARRAY(
    SELECT DISTINCT lower(normalize(token, NFKC)) FROM unnest(tsvector_to_array(words)) AS token
    WHERE token <> ''))
WHERE NOT words::text IS NFKC NORMALIZED
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0055_withdrawals"),
    ]

    operations = [
        migrations.RunSQL(NARROW, migrations.RunSQL.noop, elidable=True),
    ]
