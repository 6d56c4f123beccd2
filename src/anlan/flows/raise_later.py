"""In a storm of findings the alarms of the first are raised with their batch, those of the rest behind it.

A batch waits for its alarms, and all readings behind it wait for the batch; so it raises a bounded number.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction

from anlan.flows.follow_ups import later
from anlan.flows.raise_alarms import condition_of, raise_from_firings
from anlan.sensing.alarms.terms import AlarmState
from anlan.store.models import Alarm, RuleFiring

AT_ONCE = 50
"""Findings of which the alarms are raised in the transaction of their batch."""


def raise_some(firings: Sequence[RuleFiring], now: datetime) -> None:
    """Raise the alarms of findings, inside the batch; those beyond AT_ONCE by a job once it is committed."""
    loud = [each for each in firings if not each.shadow and not each.advice]
    raise_from_firings(loud[:AT_ONCE], now)
    if loud[AT_ONCE:]:
        later("raise_alarms", firings=json.dumps([each.pk for each in loud[AT_ONCE:]]))


def raise_waiting(*, acting_user: None, firings: Sequence[int], now: datetime) -> None:
    """Raise the alarms of findings that waited; again at once, nothing more.

    Later findings of the same condition may have been heard meanwhile, so the newest of each is heard last:
    what is over stays over, and is an alarm that is normal again.
    """
    for few in batched(firings, AT_ONCE, strict=False):
        with transaction.atomic():
            rows = RuleFiring.objects.select_related("version__rule", "device", "site").filter(pk__in=few)
            raise_from_firings(_to_hear(list(rows.order_by("pk"))), now)


def _to_hear(waited: Sequence[RuleFiring]) -> list[RuleFiring]:
    """What waited where no alarm is open yet, and in any case the newest of each condition."""
    known = Alarm.objects.filter(condition__in={condition_of(each) for each in waited})
    open_ = set(known.exclude(state=AlarmState.CLOSED).values_list("condition", flat=True))
    last = {condition_of(each): each for each in waited}
    unheard = [each for each in waited if condition_of(each) not in open_ and each.severity]
    newest = [_newest(each) for each in last.values()]
    return [*(each for each in unheard if each not in newest), *newest]


def _newest(firing: RuleFiring) -> RuleFiring:
    """The newest finding of the same rule and device, or site."""
    same = RuleFiring.objects.filter(version__rule=firing.version.rule, device=firing.device_id)
    if firing.device_id is None:
        same = same.filter(site=firing.site_id)
    return same.select_related("version__rule", "device", "site").order_by("-at", "-pk").first() or firing
