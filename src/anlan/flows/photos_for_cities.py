"""Photos of cases that are in other cities: only those that a person covered and cleared for everybody."""

from datetime import datetime
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings

from anlan.flows.links import link_to
from anlan.publishing.open311.terms import PhotosAs
from anlan.store import photo_files
from anlan.store.models import HandedOver, PublicPhoto
from anlan.store.readers.other_cities import photos_missing_there
from anlan.store.readers.public_photos import cleared_photos

QUALITY = 85
OURS_ALONE = ("localhost", "127.0.0.1", "::1")
"""Names of the machine we run on, which another city does not reach us by."""


def photos_of(row: HandedOver) -> list[PublicPhoto]:
    """The photos that go along with a case; of an address there is one in a request. One query at most."""
    if not may_go(row):
        return []
    found = [photo for photo in cleared_photos([row.case_id]) if _is_here(photo)]
    return found[:1] if row.city.photos_as == PhotosAs.ADDRESS else found


def photos_to_send(now: datetime) -> list[tuple[HandedOver, PublicPhoto]]:
    """Photos that were cleared after their case went, each with that case's way. Two queries."""
    return [(row, photo) for row, photo in photos_missing_there(now) if may_go(row) and _is_here(photo)]


def may_go(row: HandedOver) -> bool:
    """Does this city take photos, and is there a way to give them?"""
    return row.city.photos_as == PhotosAs.PARTS or (
        row.city.photos_as == PhotosAs.ADDRESS and _others_reach(settings.ANLAN_PUBLIC_URL)
    )


def _others_reach(public: str) -> bool:
    return (urlsplit(public).hostname or "localhost") not in OURS_ALONE


def _is_here(photo: PublicPhoto) -> bool:
    return photo.covered_id is not None and photo_files.covered_path(photo.covered_id).is_file()


def public_address(photo: PublicPhoto) -> str:
    """Where everybody sees the photo."""
    return link_to("public_photo", photo.covered_id)


def as_jpeg(photo: PublicPhoto) -> bytes:
    """The covered photo in the one format that every server reads; it was drawn by us."""
    from PIL import Image

    assert photo.covered_id is not None  # it is cleared
    out = BytesIO()
    with Image.open(photo_files.covered_path(photo.covered_id)) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
