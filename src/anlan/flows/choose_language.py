"""A member chooses the language of their pages."""

from django.conf import settings

from anlan.base.errors import Refused
from anlan.store.models import User
from anlan.store.readers.staff import Acting


def choose_language(*, acting_user: Acting, language: str) -> None:
    """Keep `language`, a code of LANGUAGES, or "" for the one of the browser.

    Raises Refused("language_unknown").
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Refused("language_unknown", language=language)
    User.objects.filter(pk=acting_user.user.pk).update(language=language)
