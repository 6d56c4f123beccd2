"""A photo on its way to the public: faces and plates are looked for, a person covers and clears or hides it.

1. `store_photos` holds each photo that the public might see, and queues that faces and plates are looked for.
2. `suggest_covers` does that, in a limited process; nothing but boxes is kept.
3. A person looks at the photo and the boxes, takes some away, draws others, and clears it: `clear_photo`.

The picture as it came stays as it is, for the staff of its case.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import PhotoStage
from anlan.flows.cover_process import find_boxes, painted
from anlan.flows.follow_ups import later
from anlan.flows.moderate import check_reason, locked_for, note
from anlan.publishing.covering import Box, rows_of
from anlan.publishing.terms import ModerationStep, PhotoState
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Spot
from anlan.store import photo_files
from anlan.store.models import Membership, Photo, PublicCase, PublicPhoto
from anlan.store.readers.staff import Acting

FOR_THE_PUBLIC = frozenset({PhotoStage.BEFORE, PhotoStage.AFTER})
"""A verifier's own photos are for the staff."""


def await_covers(photos: Iterable[Photo]) -> None:
    """Hold photos that are new, inside the caller's transaction, and queue that faces are looked for."""
    rows = PublicPhoto.objects.bulk_create(
        (PublicPhoto(photo=photo) for photo in photos), ignore_conflicts=True
    )
    for row in rows:
        later("suggest_covers", photo_id=str(row.photo_id))


@transaction.atomic
def hold_photos(*, acting_user: Acting, case_id: int) -> None:
    """Hold the photos of a case that came before photos were held. Raises NotFound."""
    locked_for(acting_user, case_id)
    await_covers(Photo.objects.filter(case=case_id, stage__in=FOR_THE_PUBLIC, public=None, erased_at=None))


def suggest_covers(*, acting_user: None, photo_id: UUID, now: datetime) -> bool:
    """Look for faces and plates in a photo, and keep where they are; was there anything to do?

    A photo in which that fails is marked: whoever clears it must look all the harder.
    Raises FileNotFoundError while the photo is not on the disk yet.
    """
    if not PublicPhoto.objects.filter(pk=photo_id, looked_for_at=None, photo__erased_at=None).exists():
        return False
    data = photo_files.picture_path(photo_id).read_bytes()
    try:
        found, failed = find_boxes(data), False
    except Refused:
        found, failed = [], True
    facts = {"found": rows_of(found), "look_failed": failed, "looked_for_at": now}
    return bool(PublicPhoto.objects.filter(pk=photo_id, looked_for_at=None).update(**facts))


def clear_photo(*, acting_user: Acting, photo_id: UUID, boxes: Sequence[Box], now: datetime) -> PublicPhoto:
    """Cover the boxes and let the public see the photo.

    Raises NotFound, Refused("covers_missing") before faces were looked for,
    Refused("cover_failed"), Refused("disk_full").
    """
    row = _held(acting_user, photo_id)
    if row.looked_for_at is None:
        raise Refused("covers_missing")
    covered_id = uuid4()
    photo_files.write_covered(covered_id, *painted(_bytes_of(photo_id), boxes))
    with transaction.atomic():
        row, membership = _locked(acting_user, photo_id)
        former, row.covered_id = row.covered_id, covered_id
        row.state, row.boxes, row.cleared_at = PhotoState.CLEARED, rows_of(boxes), now
        row.save()
        _changed(row, membership, ModerationStep.PHOTO_CLEARED, now)
        if former is not None:
            transaction.on_commit(lambda: photo_files.remove_covered(former))
    return row


@transaction.atomic
def hide_photo(*, acting_user: Acting, photo_id: UUID, reason: str, now: datetime) -> None:
    """Take a photo from the public, or keep it from it. Raises NotFound, Refused("reason_missing")."""
    row, membership = _locked(acting_user, photo_id)
    check_reason(reason)
    former, row.covered_id = row.covered_id, None
    row.state = PhotoState.HIDDEN
    row.save()
    _changed(row, membership, ModerationStep.PHOTO_HIDDEN, now, reason)
    if former is not None:
        transaction.on_commit(lambda: photo_files.remove_covered(former))


def sweep_covers(before: datetime) -> int:
    """Take away covered files that no photo has any more; how many photos that were."""
    old = set(photo_files.covered_older_than(before))
    kept = PublicPhoto.objects.filter(covered_id__in=old, photo__erased_at=None)
    strays = old - set(kept.values_list("covered_id", flat=True))
    for covered_id in strays:
        photo_files.remove_covered(covered_id)
    return len(strays)


def _bytes_of(photo_id: UUID) -> bytes:
    try:
        return photo_files.picture_path(photo_id).read_bytes()
    except FileNotFoundError:
        raise Refused("cover_failed") from None


def _held(acting_user: Acting, photo_id: UUID) -> PublicPhoto:
    """The row, if this person may decide about its case. Raises NotFound."""
    row = PublicPhoto.objects.select_related("photo").filter(pk=photo_id, photo__erased_at=None).first()
    if row is None:
        raise NotFound
    path = PublicCase.objects.filter(pk=row.photo.case_id).values_list("area_path", flat=True).first()
    if path is None or not may(acting_user.memberships, Action.MODERATE, Spot(path)):
        raise NotFound
    return row


def _locked(acting_user: Acting, photo_id: UUID) -> tuple[PublicPhoto, Membership]:
    """The row and its case, locked, and the membership that lets this person decide. Raises NotFound."""
    case_id = _held(acting_user, photo_id).photo.case_id
    _shown, membership = locked_for(acting_user, case_id)
    row = PublicPhoto.objects.select_for_update(of=("self",)).select_related("photo").get(pk=photo_id)
    return row, membership


def _changed(
    row: PublicPhoto, membership: Membership, step: ModerationStep, now: datetime, reason: str = ""
) -> None:
    """Write down what was decided; the case's feeds and caches see that it changed."""
    case_id = row.photo.case_id
    note(case_id, membership, step, now, reason=reason, photo=row.photo_id)
    PublicCase.objects.filter(pk=case_id).update(updated_at=now)
