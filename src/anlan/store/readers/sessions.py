"""Where a member is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField

from anlan.store.readers.prepared import Given, Prepared, columns, instance
from anlan.store.readers.staff import Acting

_SESSION = columns(Session)
_BY_KEY = Prepared(
    lambda: Session.objects.filter(
        session_key=Given("key", CharField()), expire_date__gt=Given("now", DateTimeField())
    ).values_list(*_SESSION)
)


@dataclass(frozen=True)
class OpenSession:
    """One browser in which a member is signed in."""

    id: int
    since: datetime
    ip: str
    user_agent: str
    is_current: bool


def open_sessions(acting: Acting, current: str) -> list[OpenSession]:
    """The sessions of this member that still hold, the one with the key `current` first, then the newest."""
    held = UserSession.objects.purge_and_list(acting.user)
    found = [
        OpenSession(each.pk, each.created_at, each.ip, each.user_agent, each.session_key == current)
        for each in held
    ]
    return sorted(found, key=lambda each: (each.is_current, each.since), reverse=True)


def session_kept(key: str, now: datetime) -> Session | None:
    """The session of a browser, if it still holds; one query."""
    rows = _BY_KEY(key=key, now=now)
    return instance(Session, _SESSION, rows[0]) if rows else None
