"""The operator removes second factors that no key of the installation opens: a restore without its key."""

from datetime import datetime

from django.db import transaction

from anlan.flows.staff_history import record
from anlan.store.readers.second_factors import sealed_factors


@transaction.atomic
def forget_unreadable(*, acting_user: None, now: datetime) -> int:
    """Remove them, so that their members can sign in and set up new ones; how many that were."""
    _all, unreadable = sealed_factors()
    for factor in unreadable:
        subject = f"member:{factor.user.username}"[:100]
        record(None, "reset_second_factor", subject, {"second_factors": (1, 0)}, now)
        factor.delete()
    return len(unreadable)
