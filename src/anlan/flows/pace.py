"""How much one network may send in an hour, counted without keeping whose network it is."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from anlan.base.errors import Refused
from anlan.flows.receipts import KEPT, hour_of, installation_salt, network_mark
from anlan.store.models import Sendings

HOUR = timedelta(hours=1)


@transaction.atomic
def count_sent(*, acting_user: None, address: str, pieces: int, now: datetime) -> None:
    """Count what comes from the network of `address`: a report or an addition is one piece, a photo another.

    Raises Refused("too_many_sent", again=...) with the time from which it is taken; that is not counted.
    """
    Sendings.objects.filter(hour__lt=now - KEPT).delete()
    network, hour = network_mark(address, installation_salt()), hour_of(now)
    row, _made = Sendings.objects.select_for_update().get_or_create(network=network, hour=hour)
    if row.count + pieces > settings.ANLAN_SENDINGS_PER_HOUR:
        raise Refused("too_many_sent", again=hour + HOUR)
    row.count += pieces
    row.save(update_fields=["count"])
