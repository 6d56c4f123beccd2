"""What stands for networks, words and places of reports is kept for a day, even when nobody comes."""

from datetime import datetime

from django.db import transaction

from anlan.flows.receipts import KEPT
from anlan.store.models import HeldGroup, Sendings, SentCount, SpentProof, WrongCodes


@transaction.atomic
def forget_senders(*, acting_user: None, now: datetime) -> None:
    """Forget what stood for networks, words and places a day ago; what still waits goes on waiting."""
    before = now - KEPT
    SentCount.objects.filter(hour__lt=before).delete()
    Sendings.objects.filter(hour__lt=before).delete()
    WrongCodes.objects.filter(hour__lt=before).delete()
    SpentProof.objects.filter(expires_at__lt=now).delete()
    HeldGroup.objects.filter(began_at__lt=before, mark__isnull=False).update(mark=None)
