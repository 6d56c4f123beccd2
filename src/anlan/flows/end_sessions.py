"""A member ends sessions of their own: one, or all but the one they use."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from anlan.base.errors import NotFound
from anlan.flows.staff_history import record
from anlan.store.models import User
from anlan.store.readers.staff import Acting


@transaction.atomic
def end_session(*, acting_user: Acting, session_id: int, now: datetime) -> None:
    """End one session of this member. Raises NotFound for one that ended, and for that of somebody else."""
    session = UserSession.objects.filter(user=acting_user.user, pk=session_id).first()
    if session is None:
        raise NotFound
    session.end()
    _keep(acting_user.user, 1, now)


@transaction.atomic
def end_other_sessions(*, acting_user: Acting, but: str, now: datetime) -> None:
    """End all sessions of this member but the one with the key `but`."""
    others = list(UserSession.objects.filter(user=acting_user.user).exclude(session_key=but))
    for session in others:
        session.end()
    if others:
        _keep(acting_user.user, len(others), now)


def _keep(user: User, count: int, now: datetime) -> None:
    """Keep in history how many were ended; where from and with which browser goes with the session."""
    record(user, "ended_sessions", f"member:{user.username}"[:100], {"sessions": (count, 0)}, now)
