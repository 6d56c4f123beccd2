"""Anybody may say that a photo should not be shown; it is hidden at once, until a person has looked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.base.errors import NotFound
from anlan.flows.receipts import installation_salt, network_mark
from anlan.publishing.terms import Complaint, PhotoState
from anlan.store.models import PhotoComplaint, PublicPhoto


@transaction.atomic
def report_photo(
    *, acting_user: None, covered_id: UUID, reason: Complaint, address: str, now: datetime
) -> int:
    """Hide a photo that somebody reports, and give its case.

    Once a person has looked and cleared the photo again, a network that complained before no longer hides it:
    one voice is heard once. Raises NotFound for a photo that the public does not see.
    """
    row = (
        PublicPhoto.objects.select_for_update(of=("self",))
        .select_related("photo")
        .filter(covered_id=covered_id, state=PhotoState.CLEARED, photo__case__published__shown=True)
        .first()
    )
    if row is None:
        raise NotFound
    network = network_mark(address, installation_salt())
    _, is_new = PhotoComplaint.objects.get_or_create(
        photo=row, network=network, defaults={"at": now, "reason": reason}
    )
    if is_new:
        row.state = PhotoState.REPORTED
        row.save(update_fields=["state"])
    return row.photo.case_id
