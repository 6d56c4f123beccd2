"""The keys under which second factors are sealed: those of ANLAN_FACTOR_KEY, else the one in the home.

Read when it is needed: the file is made by the first start, after the settings were read.
"""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FILE = "factor-key"


def factor_keys() -> list[str]:
    """The keys, the one that seals first. Raises ImproperlyConfigured when there is none."""
    if settings.ANLAN_FACTOR_KEY:
        return list(settings.ANLAN_FACTOR_KEY)
    kept = Path(settings.ANLAN_HOME) / FILE
    if not kept.exists():
        raise ImproperlyConfigured(
            f"{kept} is missing, the key of the second factors: put it back, or start the city to make one"
        )
    return [kept.read_text().strip()]
