"""Photos come in two steps, so that no case stays locked while pictures are decoded.

1. Before the transaction, `take_pictures` draws each photo anew in a limited process and puts it on the disk.
2. In the flow's transaction, `store_photos` writes the rows.

What takes step 1 and never step 2 has no row; `sweep_photos` takes its files away after a day.

    pictures = take_pictures(uploads, now=now)                      # the edge; the form field does it
    with transaction.atomic():
        event = case_steps.take(...)
        store_photos(pictures, case=case, stage=PhotoStage.AFTER, event=event, now=now)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from anlan.base.errors import Refused
from anlan.cases.retention import photo_erased_after
from anlan.cases.states import ENDED
from anlan.cases.terms import PhotoStage, State
from anlan.flows.cover_photo import FOR_THE_PUBLIC, await_covers, sweep_covers
from anlan.flows.redraw_photo import redraw
from anlan.publishing.photos import MAX_PHOTOS, made_at
from anlan.store import photo_files
from anlan.store.models import Case, CaseEvent, HeldReport, Photo, Report
from anlan.store.readers.gathered import any_of
from anlan.store.readers.prepared import Prepared

STRAY_AFTER = timedelta(days=1)
"""Files without a row are taken away after this; a form lives an hour."""


@dataclass(frozen=True)
class Picture:
    """A photo that is on the disk and not yet part of a case; it is evidence by its `made_at`."""

    id: UUID
    made_at: datetime
    sha256: str
    width: int
    height: int
    bytes: int


def take_picture(sent: bytes, *, now: datetime) -> Picture:
    """Draw a photo anew from the bytes of its file and put it on the disk.

    Raises Refused with a value of `PhotoRefusal` as its reason.
    """
    pixels = redraw(sent)
    picture = Picture(
        id=uuid4(),
        made_at=made_at(pixels.taken, pixels.offset, received_at=now, zone=timezone.get_default_timezone()),
        sha256=sha256(pixels.picture).hexdigest(),
        width=pixels.width,
        height=pixels.height,
        bytes=len(pixels.picture),
    )
    photo_files.write(picture.id, pixels.picture, pixels.thumbnail)
    return picture


def take_pictures(sent: Iterable[bytes], *, now: datetime) -> list[Picture]:
    """`take_picture` for several files, in their order; the first that is refused ends it.

    Raises Refused as `take_picture` does, with the file's `number` from 1.
    """
    pictures = []
    for number, data in enumerate(sent, start=1):
        try:
            pictures.append(take_picture(data, now=now))
        except Refused as no:
            raise Refused(no.reason, **no.facts, number=number) from no
    return pictures


_USED = Prepared(lambda: Photo.objects.filter(any_of("store_photo.id", "photos")).values_list("pk"))


def store_photos(
    pictures: Sequence[Picture],
    *,
    case: Case,
    stage: PhotoStage,
    now: datetime,
    report: Report | None = None,
    event: CaseEvent | None = None,
) -> list[Photo]:
    """Make `pictures` part of a case, inside the caller's transaction; the rows, in their order.

    Raises Refused("photos_too_many"), or Refused("photo_used") when one of them is part of a case already.
    """
    keep_days = settings.ANLAN_EVIDENCE_DAYS if report is None else settings.ANLAN_PHOTO_DAYS
    ended_on = timezone.localdate(now) if State(case.state) in ENDED else None
    if len(pictures) > MAX_PHOTOS:
        raise Refused("photos_too_many", most=MAX_PHOTOS)
    if _USED(photos=[picture.id for picture in pictures]):
        raise Refused("photo_used")
    photos = Photo.objects.bulk_create(
        Photo(
            id=picture.id,
            case=case,
            report=report,
            event=event,
            stage=stage,
            made_at=picture.made_at,
            received_at=now,
            sha256=picture.sha256,
            width=picture.width,
            height=picture.height,
            bytes=picture.bytes,
            keep_days=keep_days,
            erase_after=photo_erased_after(ended_on, keep_days) if ended_on else None,
        )
        for picture in pictures
    )
    if stage in FOR_THE_PUBLIC:
        await_covers(photos)
    return photos


def sweep_photos(*, now: datetime) -> int:
    """Take away files of photos that are part of no case and wait for none, or are erased; how many."""
    old = set(photo_files.older_than(now - STRAY_AFTER))
    strays = old - set(Photo.objects.filter(pk__in=old, erased_at=None).values_list("pk", flat=True))
    for waiting in HeldReport.objects.filter(pictures__len__gt=0).values_list("pictures", flat=True):
        strays -= set(waiting)
    for photo_id in strays:
        photo_files.remove(photo_id)
    sweep_covers(now - STRAY_AFTER)
    photo_files.remove_unfinished(now - STRAY_AFTER)
    return len(strays)
