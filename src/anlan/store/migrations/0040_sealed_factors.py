"""Second factors that were set up before they were sealed are sealed now."""

from typing import Any

from django.db import migrations

from anlan.staff.sealing import is_sealed, seal
from anlan.store.factor_keys import factor_keys


def seal_factors(apps: Any, schema_editor: Any) -> None:
    """Seal seeds and codes; what is sealed stays as it is."""
    try:
        factors = apps.get_model("mfa", "Authenticator").objects
    except LookupError:  # a database that begins, whose factors have no table yet
        return
    for factor in factors.exclude(type="webauthn"):
        factor.data = {name: _sealed(name, value) for name, value in factor.data.items()}
        factor.save(update_fields=["data"])


def _sealed(name: str, value: Any) -> Any:
    if name in ("secret", "seed") and not is_sealed(value):
        return seal(value, factor_keys())
    if name == "migrated_codes" and value is not None:
        return [code if is_sealed(code) else seal(code, factor_keys()) for code in value]
    return value


class Migration(migrations.Migration):
    # not upon the tables of mfa, which need those of ours: `migrate` goes through the packages in the order of
    # their names, so where there are factors, their tables are there
    dependencies = (("store", "0039_areas_in_use"),)

    operations = (migrations.RunPython(seal_factors, migrations.RunPython.noop, elidable=True),)
