"""The store's door for photos that the public sees, and the questions of those who clear them."""

from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from anlan.base.errors import NotFound
from anlan.cases.terms import PhotoStage
from anlan.publishing.terms import PhotoState
from anlan.store import photo_files
from anlan.store.models import EvidenceLook, PhotoComplaint, PublicPhoto

type HeldPhoto = PublicPhoto
"""A photo on its way to the public, for those who only read it."""


def photos_shown(case_id: int, stages: Sequence[PhotoStage] = tuple(PhotoStage)) -> list[PublicPhoto]:
    """Photos of a case that the public sees, those from before first. One query."""
    rows = PublicPhoto.objects.filter(
        photo__case=case_id,
        photo__stage__in=stages,
        photo__erased_at=None,
        photo__case__published__shown=True,
        state=PhotoState.CLEARED,
    )
    order = {PhotoStage.BEFORE: 0, PhotoStage.AFTER: 1, PhotoStage.VERIFICATION: 2}
    found = rows.select_related("photo").order_by("photo__made_at", "pk")
    return sorted(found, key=lambda row: order[PhotoStage(row.photo.stage)])


def cleared_photos(case_ids: Collection[int]) -> list[PublicPhoto]:
    """Photos of these cases from before, as the public sees them. One query."""
    found = PublicPhoto.objects.filter(
        photo__case__in=case_ids,
        photo__stage=PhotoStage.BEFORE,
        photo__erased_at=None,
        photo__case__published__shown=True,
        state=PhotoState.CLEARED,
    )
    return list(found.select_related("photo").order_by("photo__made_at", "pk"))


def first_photos(case_ids: Collection[int]) -> dict[int, UUID]:
    """The first photo of each of these cases that the public sees, by its covered picture. One query."""
    shown = reversed(cleared_photos(case_ids))
    return {each.photo.case_id: each.covered_id for each in shown if each.covered_id is not None}


def public_photo_file(covered_id: UUID) -> Path:
    """The file of a photo as the public sees it at this moment. One query. Raises NotFound."""
    return _seen(covered_id, photo_files.covered_path(covered_id))


def public_thumbnail_file(covered_id: UUID) -> Path:
    """The file of its small picture. One query. Raises NotFound."""
    return _seen(covered_id, photo_files.covered_thumbnail_path(covered_id))


def _seen(covered_id: UUID, file: Path) -> Path:
    shown = PublicPhoto.objects.filter(
        covered_id=covered_id,
        state=PhotoState.CLEARED,
        photo__erased_at=None,
        photo__case__published__shown=True,
    )
    if not shown.exists() or not file.is_file():
        raise NotFound
    return file


def case_of_public_photo(covered_id: UUID) -> int:
    """The case of a photo that the public sees. One query. Raises NotFound."""
    shown = PublicPhoto.objects.filter(
        covered_id=covered_id, state=PhotoState.CLEARED, photo__case__published__shown=True
    )
    case_id = shown.values_list("photo__case", flat=True).first()
    if case_id is None:
        raise NotFound
    return case_id


def held_photos(case_id: int) -> list[PublicPhoto]:
    """All photos of a case that the public might see, reported ones first. Two queries."""
    rows = PublicPhoto.objects.filter(photo__case=case_id, photo__erased_at=None)
    found = rows.select_related("photo").prefetch_related("complaints").order_by("photo__made_at", "pk")
    return sorted(found, key=lambda row: row.state != PhotoState.REPORTED)


def complaints_of(case_id: int) -> list[PhotoComplaint]:
    """What was said against photos of a case, the newest first. One query."""
    return list(PhotoComplaint.objects.filter(photo__photo__case=case_id).order_by("-at", "-pk"))


def looks_at(case_id: int, most: int = 50) -> list[EvidenceLook]:
    """Who looked at words and photos of a case, the newest first. One query."""
    found = EvidenceLook.objects.filter(case=case_id).select_related("user").order_by("-day", "-pk")
    return list(found[:most])
