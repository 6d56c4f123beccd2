"""Counts by the hour of what came from one network, with one text, of one place; a hash stands for each."""

from datetime import datetime
from hashlib import blake2b

from django.db.models import Sum

from anlan.cases.holding import Counted
from anlan.flows.receipts import KEPT, hour_of
from anlan.store.models import CountKind, SentCount


def count(kind: CountKind, mark: bytes, now: datetime) -> Counted:
    """Count one more, inside the caller's transaction; how many came before, in this hour and in a day."""
    row, _made = SentCount.objects.select_for_update().get_or_create(kind=kind, mark=mark, hour=hour_of(now))
    of_day = SentCount.objects.filter(kind=kind, mark=mark, hour__gt=hour_of(now) - KEPT)
    in_day = of_day.aggregate(n=Sum("count"))["n"] or 0
    before = Counted(row.count, in_day)
    row.count += 1
    row.save(update_fields=["count"])
    return before


def mark_of(kind: str, what: str, salt: bytes) -> bytes:
    """32 bytes that stand for `what`, from which it cannot be had."""
    return blake2b(what.encode(), key=salt, digest_size=32, person=kind.encode()).digest()
