"""What the web processes share for minutes: tries to sign in, codes of second factors that were used."""

from django.db import migrations

MAKE = """
CREATE TABLE store_shared_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX store_shared_cache_expires ON store_shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0006_sendings")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE store_shared_cache")]
