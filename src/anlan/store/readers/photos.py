"""The store's door for photos: who may look at which."""

from pathlib import Path
from uuid import UUID

from anlan.base.errors import NotFound
from anlan.staff.terms import Action
from anlan.store import photo_files
from anlan.store.models import Photo
from anlan.store.readers.staff import Acting, case_scope_q


def photo_file(acting: Acting, photo_id: UUID) -> Path:
    """The file of a photo, for staff of its case; raises NotFound for anybody else and for a missing file."""
    return _seen(acting, photo_id, photo_files.picture_path(photo_id))


def thumbnail_file(acting: Acting, photo_id: UUID) -> Path:
    """The small picture of a photo, for staff of its case; raises NotFound as `photo_file` does."""
    return _seen(acting, photo_id, photo_files.thumbnail_path(photo_id))


def _seen(acting: Acting, photo_id: UUID, file: Path) -> Path:
    scope = case_scope_q(acting, Action.VIEW_EVIDENCE, "case__")
    if not Photo.objects.filter(scope, pk=photo_id, erased_at=None).exists() or not file.is_file():
        raise NotFound
    return file


def case_of_photo(photo_id: UUID) -> int:
    """The case of a photo. One query."""
    return Photo.objects.values_list("case", flat=True).get(pk=photo_id)
