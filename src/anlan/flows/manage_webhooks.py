"""Administrators of the city say which other systems hear of cases, and send again what was lost."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.channels.webhook import new_secret
from anlan.flows.staff_history import keep, record, take_turns
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Delivery, Webhook
from anlan.store.readers.managed import city_path
from anlan.store.readers.staff import Acting


@transaction.atomic
def add_webhook(
    *, acting_user: Acting, name: str, address: str, area_code: str, now: datetime
) -> tuple[Webhook, str]:
    """Add a system that hears of every event in an area; gives it and its secret, shown this once.

    Raises Refused("not_permitted", "name_taken", "area_unknown").
    """
    take_turns()
    _check_may(acting_user)
    if Webhook.objects.filter(name=name).exists():
        raise Refused("name_taken", name=name)
    area = _area(area_code)
    secret = new_secret()
    hook = Webhook.objects.create(name=name, address=address, secret=secret, area=area, area_path=area.path)
    changes = {"name": (None, name), "address": (None, address), "area": (None, area)}
    record(acting_user.user, "added", _subject(hook), changes, now)
    return hook, secret


@transaction.atomic
def change_webhook(
    *, acting_user: Acting, webhook_id: int, address: str, area_code: str, active: bool, now: datetime
) -> Webhook:
    """Change where a system listens and what it hears; what waits for it follows.

    Raises NotFound, Refused("not_permitted", "area_unknown").
    """
    take_turns()
    hook = _one(acting_user, webhook_id)
    area = _area(area_code)
    columns = {"address": address, "area": area, "area_path": area.path, "active": active}
    keep(acting_user.user, "changed", _subject(hook), hook, columns, now)
    return hook


@transaction.atomic
def renew_secret(*, acting_user: Acting, webhook_id: int, now: datetime) -> str:
    """A new secret, shown this once; the old one signs nothing from now on. Raises NotFound, Refused."""
    take_turns()
    hook = _one(acting_user, webhook_id)
    hook.secret = new_secret()
    hook.save(update_fields=["secret"])
    record(acting_user.user, "new_secret", _subject(hook), {}, now)
    return hook.secret


@transaction.atomic
def replay_dead_letters(*, acting_user: Acting, webhook_id: int, now: datetime) -> int:
    """Let the dead letters of a system leave again, in their order; gives how many.

    Raises NotFound, Refused.
    """
    hook = _one(acting_user, webhook_id)
    dead = Delivery.objects.filter(webhook=hook, dead_at__isnull=False)
    count = dead.update(dead_at=None, tries=0, send_at=now, claimed_until=None)
    record(acting_user.user, "replayed", _subject(hook), {"dead_letters": (count, 0)}, now)
    return count


def _one(acting: Acting, webhook_id: int) -> Webhook:
    _check_may(acting)
    hook = Webhook.objects.select_for_update(of=("self",)).filter(pk=webhook_id).first()
    if hook is None:
        raise NotFound
    return hook


def _area(code: str) -> Area:
    area = Area.objects.filter(code=code, in_use=True).first()
    if area is None:
        raise Refused("area_unknown", code=code)
    return area


def _check_may(acting: Acting) -> None:
    """Other systems belong to the whole city."""
    check_reach(acting.memberships, Action.MANAGE_WEBHOOKS, Spot(city_path()))


def _subject(hook: Webhook) -> str:
    return f"webhook:{hook.name}"[:100]
