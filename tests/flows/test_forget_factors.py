"""Seeds and codes are sealed in the database; those that no key opens are found and can be removed."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from anlan.flows import forget_factors
from anlan.store import factor_keys
from anlan.store.models import StaffEvent
from anlan.store.readers.second_factors import sealed_factors
from tests.cast import Cast
from tests.conftest import NOON

SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def factors(cast: Cast) -> tuple[TOTP, RecoveryCodes]:
    return TOTP.activate(cast.grace.user, SEED), RecoveryCodes.activate(cast.grace.user)


def stored() -> str:
    """All that the database holds of second factors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(to_jsonb(a)::text, ' ') FROM mfa_authenticator a")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_seed_and_no_code(factors: tuple[TOTP, RecoveryCodes]) -> None:
    codes = factors[1].generate_codes()

    assert SEED not in stored()
    assert stored().count("sealed:") == 2
    assert not any(code in stored() for code in codes)
    assert codes == factors[1].generate_codes()


def test_a_code_is_taken_and_used_up_as_before(factors: tuple[TOTP, RecoveryCodes]) -> None:
    code = factors[1].get_unused_codes()[0]

    assert [factors[1].validate_code(code) for _ in range(2)] == [True, False]


def test_factors_under_another_key_are_found_and_only_they_are_removed(
    cast: Cast, factors: tuple[TOTP, RecoveryCodes], settings: Any
) -> None:
    assert sealed_factors() == (2, [])
    settings.ANLAN_FACTOR_KEY = ["another key of another installation"]
    TOTP.activate(cast.liu.user, SEED)

    total, closed = sealed_factors()
    assert (total, {factor.user for factor in closed}) == (3, {cast.grace.user})

    assert forget_factors.forget_unreadable(acting_user=None, now=NOON) == 2
    assert list(Authenticator.objects.values_list("user__username", flat=True)) == ["liu"]
    kept = StaffEvent.objects.filter(action="reset_second_factor").values_list("actor", "subject")
    assert list(kept) == [(None, "member:grace")] * 2


def test_factors_from_before_are_sealed_by_the_migration_and_stay_sealed(cast: Cast) -> None:
    user, kind = cast.grace.user, Authenticator.Type
    Authenticator.objects.create(user=user, type=kind.TOTP, data={"secret": SEED})
    old = {"migrated_codes": ["11112222", "33334444"], "used_mask": 0}
    Authenticator.objects.create(user=user, type=kind.RECOVERY_CODES, data=old)
    Authenticator.objects.create(user=user, type=kind.WEBAUTHN, data={"credential": {"id": "x"}})

    for _ in range(2):
        with connection.schema_editor() as editor:
            import_module(_migration()).seal_factors(apps, editor)

    assert SEED not in stored() and "11112222" not in stored()
    assert sealed_factors() == (2, [])
    codes = RecoveryCodes(Authenticator.objects.get(type=kind.RECOVERY_CODES)).get_unused_codes()
    assert codes == ["11112222", "33334444"]
    assert Authenticator.objects.get(type=kind.WEBAUTHN).data == {"credential": {"id": "x"}}


def test_nothing_is_sealed_without_a_key(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.ANLAN_HOME = tmp_path

    with pytest.raises(ImproperlyConfigured, match="factor-key is missing, the key of the second factors"):
        TOTP.activate(cast.grace.user, SEED)
    assert not Authenticator.objects.exists()


def _migration() -> str:
    """The name of the migration, whatever its number."""
    (file,) = (Path(factor_keys.__file__).parent / "migrations").glob("*_sealed_factors.py")
    return f"anlan.store.migrations.{file.stem}"
