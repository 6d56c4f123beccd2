"""Photos are seen by staff of their case; the form's field keeps what it accepted."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

from anlan.cases.terms import PhotoStage, State
from anlan.edge.pages.photo_field import PhotosField, picture_of, token_of
from anlan.flows.erase_photos import erase_photos
from anlan.flows.store_photos import store_photos, take_picture
from anlan.store import photo_files
from anlan.store.models import Case
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to
from tests.publishing import sent_photos


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """What a form says is read here without a request, which would say the language."""
    with override("en"):
        yield


class WithPhotos(forms.Form):
    photos = PhotosField(label="Photos")
    words = forms.CharField()


def form(*files: bytes, words: str = "", **kept: list[str]) -> WithPhotos:
    sent = [SimpleUploadedFile(f"{number}.jpg", data) for number, data in enumerate(files)]
    data = MultiValueDict(
        {"words": [words], **{key.replace("_", "-"): tokens for key, tokens in kept.items()}}
    )
    return WithPhotos(data, MultiValueDict({"photos": sent}))


@pytest.fixture
def photo(cast: Cast) -> UUID:
    """A photo of a case in village_111 that is with its committee."""
    case = Case.objects.create(
        title="护栏断了",
        category=cast.open_water,
        area=cast.village_111,
        area_path=cast.village_111.path,
        unit=cast.committee_111,
        unit_path=cast.committee_111.path,
        stage_since=NOON,
        opened_at=NOON,
    )
    picture = take_picture(sent_photos.jpeg(), now=NOON)
    store_photos([picture], case=case, stage=PhotoStage.BEFORE, now=NOON)
    return picture.id


SEES_IT = {"alice", "erin", "bob", "carol", "ivan", "judy", "liu", "frank"}


@pytest.mark.parametrize("size", ["", "/small"])
def test_staff_of_the_case_see_the_photo_and_nobody_else(
    cast: Cast, photo: UUID, client: Client, size: str
) -> None:
    seen = {}
    for name in (
        "alice",
        "bob",
        "carol",
        "dan",
        "erin",
        "frank",
        "grace",
        "heidi",
        "ivan",
        "judy",
        "liu",
        "nobody",
    ):
        client.force_login(getattr(cast, name).user)
        seen[name] = client.get(f"/photos/{photo}{size}").status_code

    others = dict.fromkeys(seen, 404) | {"grace": 302}  # an administrator sets up a second factor first
    assert seen == others | dict.fromkeys(SEES_IT, 200)


def test_without_a_login_it_is_not_there(photo: UUID, client: Client) -> None:
    assert client.get(f"/photos/{photo}").status_code == 404


def test_an_unknown_photo_is_not_there(cast: Cast, client: Client) -> None:
    client.force_login(cast.carol.user)

    assert client.get(f"/photos/{uuid4()}").status_code == 404


def test_a_photo_is_kept_by_no_shared_cache_and_taken_for_nothing_else(
    cast: Cast, photo: UUID, client: Client
) -> None:
    client.force_login(cast.carol.user)

    answer = client.get(f"/photos/{photo}")

    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    assert answer["Content-Disposition"] == f'inline; filename="{photo}.jpg"'
    assert answer["Content-Security-Policy"] == "default-src 'none'"


def test_a_photo_that_was_kept_as_webp_says_so(cast: Cast, photo: UUID, client: Client) -> None:
    client.force_login(cast.carol.user)
    for path in (photo_files.picture_path(photo), photo_files.thumbnail_path(photo)):
        path.rename(path.with_suffix(".webp"))

    answers = [client.get(f"/photos/{photo}"), client.get(f"/photos/{photo}/small")]
    assert [each["Content-Type"] for each in answers] == ["image/webp"] * 2


def test_photos_survive_an_error_elsewhere_in_the_form() -> None:
    first = form(sent_photos.jpeg(), words="")
    assert list(first.errors) == ["words"]
    kept = first.fields["photos"].widget.kept
    tokens = [token_of(picture) for picture in kept]
    assert all(token in str(first["photos"]) for token in tokens)

    second = form(words="a rail is missing", photos_kept=tokens)

    assert second.is_valid()
    assert second.cleaned_data["photos"] == kept


def test_good_photos_survive_a_bad_one_which_is_named_by_its_number() -> None:
    sent = form(sent_photos.jpeg(), b"GIF89a", sent_photos.png(), words="x")

    assert sent.errors["photos"] == ["Photo 2: send a photo as JPEG, PNG, WebP or HEIC."]
    assert len(sent.fields["photos"].widget.kept) == 2


def test_a_kept_photo_can_be_left_out() -> None:
    token = token_of(take_picture(sent_photos.png(), now=timezone.now()))

    sent = form(words="x", photos_kept=[token], photos_leave_out=[token])

    assert sent.errors["photos"] == ["Add at least one photo."]


def test_no_more_than_four_are_kept() -> None:
    tokens = [token_of(take_picture(sent_photos.png(), now=timezone.now())) for _ in range(3)]

    sent = form(sent_photos.png(), sent_photos.png(), words="x", photos_kept=tokens)

    assert sent.errors["photos"] == ["Up to 4 photos: the first ones were kept."]
    assert len(sent.fields["photos"].widget.kept) == 4


@pytest.mark.parametrize("token", ["", "rubbish", "a:b:c", "\0"])
def test_a_token_that_is_not_ours_is_no_photo(token: str) -> None:
    assert picture_of(token) is None


def test_where_an_erased_photo_stood_the_page_says_what_it_was(cast: Cast, client: Client, settings) -> None:
    case = walked_to(State.CLOSED, cast, NOON)
    erase_photos(acting_user=None, now=NOON + timedelta(days=settings.ANLAN_EVIDENCE_DAYS + 2))
    client.force_login(cast.carol.user)

    page = client.get(f"/cases/{case.pk}/?lang=en").text

    assert page.count("A photo is kept for 1095 days after the case ended.") == 2
    assert page.count(f"SHA-256 {'0' * 64}") == 2
    assert "/small" not in page
