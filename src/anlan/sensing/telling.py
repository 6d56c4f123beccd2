"""Who is told of a warning, when, and when a message on its way is better not sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.terms import MessageKind, MessageStatus, WarningState

if TYPE_CHECKING:
    import shapely
else:
    shapely = when_used("shapely")


class TellWay(StrEnum):
    """How a warning leaves."""

    EMAIL = "email"
    PUSH = "push"
    SMS = "sms"
    WEBHOOK = "webhook"


class NotSent(StrEnum):
    """Why a message that was written down was not sent."""

    EXPIRED = "expired"  # its time was over
    REPLACED = "replaced"  # a later message took its place before it left
    NEVER_TOLD = "never_told"  # an all clear for somebody who had heard of no danger


def is_for_public(status: str) -> bool:
    """May those hear of it who follow from outside? Of drills and tests only staff and systems hear."""
    return status == MessageStatus.ACTUAL


def why_not(
    *, kind: str, state: str, expires: datetime, for_system: bool, had_some: bool, now: datetime
) -> NotSent | None:
    """Why a message is better not sent now; None when it leaves.

    `had_some` says whether this receiver may have had an earlier message of the chain. A system gets every
    message of a chain in its order, and none whose time is over; an all clear never gets too old for whoever
    had what it ends.
    """
    if kind == MessageKind.CANCEL:
        return None if had_some or for_system else NotSent.NEVER_TOLD
    if expires <= now or state == WarningState.EXPIRED:
        return NotSent.EXPIRED
    if state != WarningState.ISSUED and not for_system:
        return NotSent.REPLACED
    return None


def touches(polygon: Sequence[Sequence[float]], boundary: bytes | None) -> bool:
    """Does a shape of [lat, lng] points reach into an area? Yes where either is not known."""
    if not polygon or boundary is None:
        return True
    shape = shapely.Polygon([(lng, lat) for lat, lng in polygon])
    return bool(shapely.make_valid(shape).intersects(shapely.from_wkb(boundary)))
