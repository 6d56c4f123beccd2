"""Second factors that were set up before they were sealed are sealed now."""

from typing import Any

from django.db import migrations

from anlan.staff.sealing import is_sealed, seal
from anlan.store.factor_keys import factor_keys


def seal_factors(apps: Any, schema_editor: Any) -> None:
    """Seal seeds and codes; what is sealed stays as it is."""
    for factor in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        factor.data = {name: _sealed(name, value) for name, value in factor.data.items()}
        factor.save(update_fields=["data"])


def _sealed(name: str, value: Any) -> Any:
    if name in ("secret", "seed") and not is_sealed(value):
        return seal(value, factor_keys())
    if name == "migrated_codes" and value is not None:
        return [code if is_sealed(code) else seal(code, factor_keys()) for code in value]
    return value


class Migration(migrations.Migration):
    dependencies = (
        ("store", "0039_areas_in_use"),
        ("mfa", "0003_authenticator_type_uniq"),
    )

    operations = (migrations.RunPython(seal_factors, migrations.RunPython.noop),)
