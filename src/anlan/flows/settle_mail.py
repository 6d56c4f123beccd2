"""Somebody dealt with a mail that was set aside."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound
from anlan.store.models import InMail
from anlan.store.readers.mail import ASIDE, may_see_mailbox
from anlan.store.readers.staff import Acting


@transaction.atomic
def settle_mail(*, acting_user: Acting, mail_id: int, now: datetime) -> None:
    """Take a mail from the list of those that wait for a person. Raises NotFound."""
    found = InMail.objects.filter(ASIDE, pk=mail_id)
    if not may_see_mailbox(acting_user) or not found.update(settled_at=now, settled_by=acting_user.user):
        raise NotFound
