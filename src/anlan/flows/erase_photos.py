"""Photos are kept for a stated time after their case ended, then erased; what they proved stays on file.

The row of a photo stays as its own tombstone: who showed it at which step, when it was made and came, and the
hash of the picture. So a verification can still be explained, and a copy kept elsewhere recognised.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, Value
from django.utils import timezone

from anlan.store import photo_files
from anlan.store.models import Case, Erasure, Photo, PublicPhoto, Report
from anlan.store.readers.gathered import any_of
from anlan.store.readers.prepared import Prepared

AT_ONCE = 1000
"""Photos erased in one transaction."""


def date_photos(case: Case, ended_on: date | None) -> None:
    """Say until when the photos of a case, and of those joined to it, are kept; None while it goes on."""
    last_day = None
    if ended_on is not None:
        last_day = ExpressionWrapper(Value(ended_on, DateField()) + F("keep_days"), DateField())
    Photo.objects.filter(case__in=_with_joined(case), erased_at=None).update(erase_after=last_day)


def keep_no_longer(report: Report, ended_on: date | None) -> None:
    """The photos of a report that was taken back go as soon as its case has ended."""
    report.photos.filter(erased_at=None).update(keep_days=0, erase_after=ended_on)


@transaction.atomic
def erase_photos(*, acting_user: None, now: datetime) -> int:
    """Erase up to AT_ONCE photos whose last day has passed; how many that were.

    The files go when that is on the disk; of a process killed in between, `sweep_photos` finds them.
    """
    due = Photo.objects.filter(erased_at=None, erase_after__lt=timezone.localdate(now))
    photos = list(due.select_for_update(of=("self",)).order_by("erase_after", "pk")[:AT_ONCE])
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(erased_at=now)
    Erasure.objects.bulk_create(
        Erasure(at=now, kind="photo", report_id=photo.report_id, photo=photo, rule=rule_of(photo))
        for photo in photos
    )
    transaction.on_commit(lambda: _remove(photos))
    return len(photos)


def rule_of(photo: Photo) -> str:
    """The rule by which a photo is erased."""
    days = photo.keep_days
    return f"{days} days after the case ended" if days else "the report was taken back and the case ended"


def _remove(photos: Sequence[Photo]) -> None:
    for photo in photos:
        photo_files.remove(photo.pk)
    ids = [photo.pk for photo in photos]
    for covered_id in PublicPhoto.objects.filter(photo__in=ids).values_list("covered_id", flat=True):
        if covered_id is not None:
            photo_files.remove_covered(covered_id)


_JOINED = Prepared(
    lambda: Case.objects.filter(any_of("store_case.merged_into_id", "cases")).values_list("pk")
)


def _with_joined(case: Case) -> set[int]:
    """The case and those that were joined to it, step by step: its photos may stand in any of them."""
    found, last = {case.pk}, {case.pk}
    while last:
        last = {joined for (joined,) in _JOINED(cases=list(last))} - found
        found |= last
    return found
