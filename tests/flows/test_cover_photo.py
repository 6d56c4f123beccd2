"""A photo reaches the public only covered and cleared by a person; anybody can have it looked at again."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import PhotoStage
from anlan.flows.cover_photo import (
    await_covers,
    clear_photo,
    hide_photo,
    hold_photos,
    suggest_covers,
    sweep_covers,
)
from anlan.flows.erase_photos import erase_photos
from anlan.flows.note_look import note_look
from anlan.flows.report_photo import report_photo
from anlan.flows.store_photos import Picture, store_photos
from anlan.publishing.covering import Box
from anlan.publishing.terms import Complaint, PhotoState
from anlan.store import photo_files
from anlan.store.models import Case, EvidenceLook, Moderation, Photo, PhotoComplaint, PublicCase, PublicPhoto
from anlan.store.readers.public_photos import photos_shown, public_photo_file
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new

BOX = Box(0.25, 0.25, 0.5, 0.5)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def case(cast: Cast) -> Case:
    return new(cast, NOON)


def drawn() -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(noise).save(out, "WEBP")
    return out.getvalue()


def photo_of(case: Case, stage: PhotoStage = PhotoStage.BEFORE) -> Photo:
    """A photo of a case, on the disk too."""
    photo_id = uuid4()
    photo_files.write(photo_id, drawn(), drawn())
    picture = Picture(photo_id, NOON, "0" * 64, 80, 60, 1000)
    (photo,) = store_photos([picture], case=case, stage=stage, now=NOON)
    return photo


def looked_for(case: Case) -> Photo:
    """A photo in which nothing was found; the search itself takes a process."""
    photo = photo_of(case)
    PublicPhoto.objects.filter(photo=photo).update(looked_for_at=NOON)
    return photo


def clear(cast: Cast, photo: Photo, boxes: Sequence[Box] = (BOX,)) -> UUID:
    row = clear_photo(acting_user=cast.judy, photo_id=photo.pk, boxes=boxes, now=NOON)
    assert row.covered_id is not None
    return row.covered_id


def complain(covered_id: UUID, address: str = "203.0.113.7") -> int:
    return report_photo(
        acting_user=None, covered_id=covered_id, reason=Complaint.PERSON, address=address, now=NOON
    )


def test_a_photo_that_came_is_held_and_nobody_outside_sees_it(cast: Cast, case: Case) -> None:
    photo = photo_of(case)

    row = PublicPhoto.objects.get(photo=photo)
    assert (row.state, row.looked_for_at, row.covered_id) == (PhotoState.HELD, None, None)
    assert photos_shown(case.pk) == []


def test_photos_of_a_verifier_are_not_on_their_way_to_the_public(cast: Cast, case: Case) -> None:
    photo_of(case, PhotoStage.VERIFICATION)

    assert not PublicPhoto.objects.exists()


def test_nobody_clears_a_photo_in_which_faces_were_not_looked_for(cast: Cast, case: Case) -> None:
    photo = photo_of(case)

    with pytest.raises(Refused, match="covers_missing"):
        clear(cast, photo)


def test_what_is_cleared_is_shown_covered_and_the_original_stays(cast: Cast, case: Case) -> None:
    photo = photo_of(case)
    suggest_covers(acting_user=None, photo_id=photo.pk, now=NOON)
    covered_id = clear(cast, photo)

    shown = np.asarray(Image.open(public_photo_file(covered_id)).convert("RGB")).astype(int)
    assert shown[20:40, 26:54].std() < 8 < shown[:12].std()
    assert photo_files.picture_path(photo.pk).read_bytes() == drawn()
    assert [each.photo_id for each in photos_shown(case.pk)] == [photo.pk]


def test_each_clearing_has_an_address_of_its_own_and_the_former_one_is_gone(
    cast: Cast, case: Case, django_capture_on_commit_callbacks
) -> None:
    photo = looked_for(case)
    first = clear(cast, photo, [])
    with django_capture_on_commit_callbacks(execute=True):
        second = clear(cast, photo)

    assert first != second and not photo_files.covered_path(first).exists()
    with pytest.raises(NotFound):
        public_photo_file(first)


def test_a_hidden_photo_leaves_the_public_and_the_disk_of_the_public(
    cast: Cast, case: Case, django_capture_on_commit_callbacks
) -> None:
    photo = looked_for(case)
    covered_id = clear(cast, photo)
    with django_capture_on_commit_callbacks(execute=True):
        hide_photo(acting_user=cast.judy, photo_id=photo.pk, reason="A child", now=NOON)

    assert photos_shown(case.pk) == [] and not photo_files.covered_path(covered_id).exists()
    assert list(Moderation.objects.order_by("pk").values_list("step", "photo")) == [
        ("photo_cleared", photo.pk),
        ("photo_hidden", photo.pk),
    ]


def test_a_photo_of_a_hidden_case_is_shown_to_nobody(cast: Cast, case: Case) -> None:
    covered_id = clear(cast, looked_for(case))
    PublicCase.objects.filter(pk=case.pk).update(shown=False)

    with pytest.raises(NotFound):
        public_photo_file(covered_id)
    with pytest.raises(NotFound):
        complain(covered_id)


def test_who_reports_a_photo_hides_it_until_a_person_looked(cast: Cast, case: Case) -> None:
    photo = looked_for(case)
    covered_id = clear(cast, photo)

    assert complain(covered_id) == case.pk

    assert PublicPhoto.objects.get(photo=photo).state == PhotoState.REPORTED and photos_shown(case.pk) == []
    with pytest.raises(NotFound):
        public_photo_file(covered_id)
    clear(cast, photo)
    assert len(photos_shown(case.pk)) == 1


def test_one_network_hides_a_photo_once_and_another_one_again(cast: Cast, case: Case) -> None:
    photo = looked_for(case)
    complain(clear(cast, photo))
    complain(clear(cast, photo))
    after_same = len(photos_shown(case.pk))
    covered_id = PublicPhoto.objects.get(photo=photo).covered_id
    assert covered_id is not None
    complain(covered_id, "198.51.100.9")

    assert (after_same, len(photos_shown(case.pk))) == (1, 0)
    assert PhotoComplaint.objects.count() == 2


@pytest.mark.parametrize("name", ["dan", "alice", "bob", "heidi", "nobody"])
def test_nobody_else_clears_or_hides_a_photo(cast: Cast, case: Case, name: str) -> None:
    photo = looked_for(case)
    other = getattr(cast, name)

    with pytest.raises(NotFound):
        clear_photo(acting_user=other, photo_id=photo.pk, boxes=[], now=NOON)
    with pytest.raises(NotFound):
        hide_photo(acting_user=other, photo_id=photo.pk, reason="x", now=NOON)
    with pytest.raises(NotFound):
        hold_photos(acting_user=other, case_id=case.pk)


def test_a_photo_in_which_the_search_fails_is_marked_and_can_be_covered_by_hand(
    cast: Cast, case: Case
) -> None:
    photo = photo_of(case)
    good = photo_files.picture_path(photo.pk).read_bytes()
    photo_files.picture_path(photo.pk).write_bytes(b"damaged")
    suggest_covers(acting_user=None, photo_id=photo.pk, now=NOON)
    photo_files.picture_path(photo.pk).write_bytes(good)

    row = PublicPhoto.objects.get(photo=photo)
    assert (row.look_failed, row.found, row.looked_for_at) == (True, [], NOON)
    assert clear(cast, photo)


def test_a_search_is_done_once_and_not_for_a_photo_that_is_gone(cast: Cast, case: Case) -> None:
    photo = photo_of(case)
    done = [suggest_covers(acting_user=None, photo_id=photo.pk, now=NOON) for _ in range(2)]

    assert done == [True, False]
    assert not suggest_covers(acting_user=None, photo_id=uuid4(), now=NOON)


def test_photos_from_before_are_held_when_somebody_looks(cast: Cast, case: Case) -> None:
    photo = photo_of(case)
    PublicPhoto.objects.all().delete()

    hold_photos(acting_user=cast.judy, case_id=case.pk)
    await_covers([photo])

    assert [row.photo_id for row in PublicPhoto.objects.all()] == [photo.pk]


def test_when_a_photo_is_erased_what_the_public_saw_of_it_goes_too(
    cast: Cast, case: Case, django_capture_on_commit_callbacks
) -> None:
    photo = looked_for(case)
    covered_id = clear(cast, photo)
    Photo.objects.update(erase_after=NOON.date() - timedelta(days=2))

    with django_capture_on_commit_callbacks(execute=True):
        erase_photos(acting_user=None, now=NOON)

    assert not photo_files.covered_path(covered_id).exists() and photos_shown(case.pk) == []


def test_covered_files_that_no_photo_has_are_swept(cast: Cast, case: Case) -> None:
    kept, stray = clear(cast, looked_for(case)), uuid4()
    photo_files.write_covered(stray, b"x", b"x")

    assert sweep_covers(NOON + timedelta(days=36500)) == 1
    assert photo_files.covered_path(kept).exists() and not photo_files.covered_path(stray).exists()


def test_who_looked_is_kept_once_a_day_and_cannot_be_rewritten(cast: Cast, case: Case) -> None:
    for hours in (0, 1, 30):
        note_look(acting_user=cast.alice, case_id=case.pk, now=NOON + timedelta(hours=hours))

    assert EvidenceLook.objects.filter(user=cast.alice.user).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        EvidenceLook.objects.all().delete()
