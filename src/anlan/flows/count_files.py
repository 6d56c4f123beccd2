"""How often one network may fetch a whole file of public cases: it may be as large as the city's history."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.flows.counting import count
from anlan.flows.receipts import HOUR, hour_of, installation_salt, network_mark
from anlan.store.models import CountKind

FILES_AN_HOUR = 12


@transaction.atomic
def count_file(*, acting_user: None, address: str, now: datetime) -> None:
    """Count a file. Raises Refused("files_too_many", most=..., again=...) when the network had its files."""
    before = count(CountKind.FILE, network_mark(address, installation_salt()), now)
    if before.in_hour >= FILES_AN_HOUR:
        raise Refused("files_too_many", most=FILES_AN_HOUR, again=hour_of(now) + HOUR)
