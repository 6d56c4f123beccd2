"""The one Django app: tables, readers, migrations."""
