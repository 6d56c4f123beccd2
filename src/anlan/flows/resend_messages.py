"""Administrators of the city let messages leave again that no mailbox and no phone took."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound
from anlan.flows.staff_history import record
from anlan.staff.granting import check_reach
from anlan.staff.notices import Way
from anlan.staff.terms import Action, Spot
from anlan.store.models import Delivery
from anlan.store.readers.managed import city_path
from anlan.store.readers.staff import Acting


@transaction.atomic
def resend_messages(*, acting_user: Acting, way: Way, receiver: str, now: datetime) -> int:
    """Let what one receiver did not take in one way leave again, in its order; gives how many.

    `receiver` is as in Delivery, such as "unit:5". Raises NotFound where nothing waits for that,
    Refused("not_permitted").
    """
    check_reach(acting_user.memberships, Action.MANAGE_WEBHOOKS, Spot(city_path()))
    if way is Way.WEBHOOK:
        raise NotFound
    dead = Delivery.objects.filter(way=way, receiver=receiver, dead_at__isnull=False)
    count = dead.update(dead_at=None, tries=0, send_at=now, claimed_until=None)
    if not count:
        raise NotFound
    subject = f"messages:{way}/{receiver}"[:100]
    record(acting_user.user, "replayed", subject, {"dead_letters": (count, 0)}, now)
    return count
