"""What forms say about how long a photo is kept."""

from typing import cast

from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import gettext


def saying_days(phrase: str) -> str:
    """`phrase` in the reader's language, with the days for which the city keeps photos of reporters."""
    return cast("str", lazystr(_Said(phrase)))


class _Said:
    """A phrase that is put together when it is shown."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase

    def __str__(self) -> str:
        return gettext(self.phrase) % {"days": settings.ANLAN_PHOTO_DAYS}
