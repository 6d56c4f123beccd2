"""Where sessions are kept: in the database, read anew for every request, so an ended one is over at once.

Django's own keeping; only the two questions of every page, which session and which member, are prepared.
"""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from anlan.store.readers.sessions import session_kept
from anlan.store.readers.staff import account


class SessionStore(db.SessionStore):
    """Django's store of sessions, under the name that it looks for."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        """The session of this key while it holds; else the key is forgotten, as Django does."""
        kept = session_kept(self.session_key, timezone.now()) if self.session_key else None
        if kept is None:
            self._session_key = None
        return kept


class Members(AuthenticationBackend):  # type: ignore[misc]
    """How members sign in, and who is behind a session: nobody once the account is closed."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        """The account with this id."""
        found = account(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None
