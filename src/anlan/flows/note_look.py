"""Who on the staff looked at words and photos as they came is written down, once a person, case and day."""

from datetime import datetime

from django.utils import timezone

from anlan.store.models import EvidenceLook
from anlan.store.readers.staff import Acting


def note_look(*, acting_user: Acting, case_id: int, now: datetime) -> None:
    """Write down that this person looked at what is kept of the case; again on the same day, nothing more."""
    look = EvidenceLook(case_id=case_id, user=acting_user.user, day=timezone.localdate(now))
    EvidenceLook.objects.bulk_create([look], ignore_conflicts=True)
