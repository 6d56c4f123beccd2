"""Where a member is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession

from anlan.store.readers.staff import Acting


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
